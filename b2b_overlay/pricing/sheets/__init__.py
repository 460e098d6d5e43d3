"""Price lists as spreadsheets: out, and in again, in the layout the shop already uses."""
