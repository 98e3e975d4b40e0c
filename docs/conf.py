"""How Sphinx builds the pages: `python -m sphinx -W --keep-going -b html docs build/html`, without a network."""

import sys
from importlib.metadata import version as installed
from importlib.resources import files
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for the extension beside this file

project = "negotiation"
author = "The negotiation developers"
release = installed("negotiation")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "outer_pages",
]
exclude_patterns = ["_templates"]
templates_path = ["_templates"]
root_doc = "index"
default_role = "py:obj"
python_maximum_signature_line_length = 90

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the tests execute the notebooks, the pages show what is stored in them

autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say what is passed, with shapes and units
autosummary_ignore_module_all = False
autosummary_imported_members = True
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"negotiation {release}"
html_copy_source = False
html_show_copyright = False
html_static_path = ["pages.css", str(files("mathjax") / "static" / "mathjax" / "es5" / "tex-svg.js")]
html_css_files = ["pages.css"]
mathjax_path = "tex-svg.js"  # one file with its glyphs inside: a page opens without a network
