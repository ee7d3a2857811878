"""Photos as bytes: what they are, whether they are whole, what their EXIF claims, and what is drawn from them.

Plain Python on bytes, without Django or a database. Nothing here trusts a file: sizes are judged from the header before anything
is decoded, metadata is read with limits, and what may be heavy is decoded in a limited child process.

The server calls `limited.inspect` and `limited.make_renditions`; the other modules are what those two are made of.
"""
