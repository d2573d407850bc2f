"""Pages of the lab book about what was done in a session: Markdown, a picture as SVG, and CSV.

Pure: benches and steps in, text out; the same text for the same history. The wording of single edits is in
`wording`, and the command, which reads the history and writes the files, in `cli`.
"""
