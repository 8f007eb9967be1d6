/* What a disk does at the worst moment: preloaded into a program, it counts every call that
   changes a file below one folder, and at one of them kills the program or lets the call fail.

   Calls inside the C library are not seen; neither Python nor SQLite relies on any to write. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, KILL_BEFORE, KILL_WITHIN, FAIL_ONCE, FAIL_ON };
enum { CREATE = 1, WRITE = 2, SYNC = 4, RENAME = 8, REMOVE = 16, FOLDER = 32, OPEN = 64 };

static char root[4096];
static long at, seen;
static int mode, error_number, wanted, listing = -1;

void faults_arm(const char *folder, long number, int what, int error, int kinds, int list_to) {
    strncpy(root, folder, sizeof root - 1);
    at = number, mode = what, error_number = error, wanted = kinds, listing = list_to, seen = 0;
}

static int is_below(const char *path) {
    return root[0] && path && strncmp(path, root, strlen(root)) == 0;
}

static int fd_is_below(int fd, char *path) {
    char link[64];
    if (!root[0] || fd < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

static int place_is_below(int folder, const char *path, char *whole) {
    if (!path) return 0;
    if (path[0] == '/' || folder == AT_FDCWD) {
        snprintf(whole, 4096, "%s", path);
        return is_below(path);
    }
    if (!fd_is_below(folder, whole)) return 0;
    strncat(whole, "/", 4095 - strlen(whole));
    strncat(whole, path, 4095 - strlen(whole));
    return 1;
}

/* Say what becomes of a call: 0 goes on, 1 fails, 2 is killed within. */
static int fate(int kind, const char *name, const char *path) {
    if (!(kind & wanted)) return 0;
    seen++;
    if (listing >= 0) {
        char line[4400];
        int length = snprintf(line, sizeof line, "%s %s\n", name, path + strlen(root) - 1);
        syscall(SYS_write, listing, line, length);
    }
    if (at <= 0 || seen < at || (seen > at && mode != FAIL_ON)) return 0;
    if (mode == KILL_BEFORE) syscall(SYS_kill, getpid(), SIGKILL);
    if (mode == KILL_WITHIN) return 2;
    if (mode == FAIL_ONCE || mode == FAIL_ON) {
        errno = error_number;
        return 1;
    }
    return 0;
}

static void end(void) { syscall(SYS_kill, getpid(), SIGKILL); }

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define ENDED(call)                                                                              \
    do {                                                                                         \
        __typeof__(call) result = call;                                                          \
        if (fated == 2) end();                                                                   \
        return result;                                                                           \
    } while (0)

#define OPENING(flags) ((flags) & O_CREAT ? CREATE : OPEN)

#define OPENS(name)                                                                              \
    int name(const char *path, int flags, ...) {                                                 \
        REAL(name);                                                                              \
        va_list rest;                                                                            \
        va_start(rest, flags);                                                                   \
        mode_t bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                  \
        va_end(rest);                                                                            \
        int fated = is_below(path) ? fate(OPENING(flags), "open", path) : 0;                     \
        if (fated == 1) return -1;                                                               \
        ENDED(real(path, flags, bits));                                                          \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                                           \
    int name(int folder, const char *path, int flags, ...) {                                     \
        REAL(name);                                                                              \
        char whole[4096];                                                                        \
        va_list rest;                                                                            \
        va_start(rest, flags);                                                                   \
        mode_t bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                  \
        va_end(rest);                                                                            \
        int below = place_is_below(folder, path, whole);                                         \
        int fated = below ? fate(OPENING(flags), "open", whole) : 0;                             \
        if (fated == 1) return -1;                                                               \
        ENDED(real(folder, path, flags, bits));                                                  \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t write(int fd, const void *data, size_t length) {
    REAL(write);
    char path[4096];
    int fated = fd_is_below(fd, path) ? fate(WRITE, "write", path) : 0;
    if (fated == 1) return -1;
    ENDED(real(fd, data, fated == 2 ? length / 2 : length));
}

#define WRITES_AT(name, offset_t)                                                                \
    ssize_t name(int fd, const void *data, size_t length, offset_t place) {                      \
        REAL(name);                                                                              \
        char path[4096];                                                                         \
        int fated = fd_is_below(fd, path) ? fate(WRITE, "write", path) : 0;                      \
        if (fated == 1) return -1;                                                               \
        ENDED(real(fd, data, fated == 2 ? length / 2 : length, place));                          \
    }
WRITES_AT(pwrite, off_t)
WRITES_AT(pwrite64, off64_t)

ssize_t writev(int fd, const struct iovec *pieces, int count) {
    REAL(writev);
    char path[4096];
    int fated = fd_is_below(fd, path) ? fate(WRITE, "write", path) : 0;
    if (fated == 1) return -1;
    ENDED(real(fd, pieces, fated == 2 ? count / 2 : count));
}

#define BY_FD(name, kind, said, ...)                                                             \
    {                                                                                            \
        REAL(name);                                                                              \
        char path[4096];                                                                         \
        int fated = fd_is_below(fd, path) ? fate(kind, said, path) : 0;                          \
        if (fated == 1) return -1;                                                               \
        ENDED(real(__VA_ARGS__));                                                                \
    }
int fsync(int fd) BY_FD(fsync, SYNC, "sync", fd)
int fdatasync(int fd) BY_FD(fdatasync, SYNC, "sync", fd)
int ftruncate(int fd, off_t length) BY_FD(ftruncate, WRITE, "truncate", fd, length)
int ftruncate64(int fd, off64_t length) BY_FD(ftruncate64, WRITE, "truncate", fd, length)

#define BY_PATH(name, kind, said, ...)                                                           \
    {                                                                                            \
        REAL(name);                                                                              \
        int fated = is_below(path) ? fate(kind, said, path) : 0;                                 \
        if (fated == 1) return -1;                                                               \
        ENDED(real(__VA_ARGS__));                                                                \
    }
int unlink(const char *path) BY_PATH(unlink, REMOVE, "remove", path)
int rmdir(const char *path) BY_PATH(rmdir, REMOVE, "remove", path)
int mkdir(const char *path, mode_t bits) BY_PATH(mkdir, FOLDER, "folder", path, bits)
int chmod(const char *path, mode_t bits) BY_PATH(chmod, RENAME, "chmod", path, bits)
int rename(const char *path, const char *to) BY_PATH(rename, RENAME, "rename", path, to)

#define BY_PLACE(name, kind, said, ...)                                                          \
    {                                                                                            \
        REAL(name);                                                                              \
        char whole[4096];                                                                        \
        int fated = place_is_below(folder, path, whole) ? fate(kind, said, whole) : 0;           \
        if (fated == 1) return -1;                                                               \
        ENDED(real(__VA_ARGS__));                                                                \
    }
int unlinkat(int folder, const char *path, int flags)
    BY_PLACE(unlinkat, REMOVE, "remove", folder, path, flags)
int mkdirat(int folder, const char *path, mode_t bits)
    BY_PLACE(mkdirat, FOLDER, "folder", folder, path, bits)
int renameat(int folder, const char *path, int other, const char *to)
    BY_PLACE(renameat, RENAME, "rename", folder, path, other, to)
int renameat2(int folder, const char *path, int other, const char *to, unsigned flags)
    BY_PLACE(renameat2, RENAME, "rename", folder, path, other, to, flags)
