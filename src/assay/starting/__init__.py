"""A repository of one's own, around one table; and later versions of Assay's code in it."""
