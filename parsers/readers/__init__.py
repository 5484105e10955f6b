"""One module per format; each turns bytes or text into a Document with positions kept."""
