//! The Python module: it converts, nothing else.
