"""How a name may be written: letters, keyboards, slips, words. Knows nothing of whose name it is."""
