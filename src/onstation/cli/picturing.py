"""Pictures of answers: the option of their shape, and what is asked for them.

What draws is imported only where something is drawn.
"""

import click

aspect_option = click.option(
    "--aspect",
    type=click.Choice(["16:9", "1:1"]),
    default="16:9",
    show_default=True,
    help="Shape of a picture (png): 1600 by 900 or 1200 by 1200 pixels.",
)
