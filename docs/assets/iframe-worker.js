// A browser starts no worker for a page that was opened from disk. There the search of these
// pages runs in a hidden frame instead: same words, no server.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.waiting = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.inside = frame.contentWindow;
      const script = (source) =>
        new Promise((loaded, failed) => {
          const one = frame.contentDocument.createElement("script");
          one.src = source;
          one.onload = loaded;
          one.onerror = failed;
          frame.contentDocument.head.appendChild(one);
        });
      this.inside.importScripts = (...sources) =>
        sources.reduce((before, source) => before.then(() => script(source)), Promise.resolve());
      this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      script(address).then(() => {
        const waiting = this.waiting;
        this.waiting = null;
        waiting.forEach((data) => this.postMessage(data));
      });
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }));
    }
  };
}
