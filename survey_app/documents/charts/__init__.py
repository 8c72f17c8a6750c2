"""Charts: plain values in (values.py), SVG or PNG out (output.py), with alternative text and a table from the same values.

One module draws one chart on a sheet measured in millimetres (sheet.py), 85 mm wide: half of an A4 page. Only modules that
draw import matplotlib; a builder of documents needs values.py, picture.py and no more.
"""
