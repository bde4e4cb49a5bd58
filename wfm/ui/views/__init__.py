"""Which rows of a plan does each chart or table show? Frames in, frames out, no drawing."""
