"""The few line drawings of the pages (24 × 24, stroked in the text's colour) and the shapes of the lights."""

PATHS = {
    "menu": "M4 7h16M4 12h16M4 17h16",
    "comment": "M4 5h16v11H10l-4 4v-4H4z M8 9h8M8 12h5",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500",
    "check": "M5 12.500l4.500 4.500L19 7.500",
    "cross": "M6 6l12 12M18 6L6 18",
    "warning": "M12 4L2.500 20h19zM12 10v5M12 17.500v.500",
    "down": "M7 10l5 5 5-5",
    "search": "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500L20 20",
    "plus": "M12 5v14M5 12h14",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 20.500h4",
    "file": "M7 3h7l4 4v14H7zM14 3v4h4",
    "camera": "M4 8h4l2-3h4l2 3h4v11H4zM12 16.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
}

LIGHT_SHAPES = {
    "red": '<path d="M8 1l7.500 13.500h-15z"/>',
    "yellow": '<path d="M8 .500L15.500 8 8 15.500.500 8z"/>',
    "green": '<circle cx="8" cy="8" r="7"/>',
    "grey": '<rect x="1.500" y="1.500" width="13" height="13"/>',
}
