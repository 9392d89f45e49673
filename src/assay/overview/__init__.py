"""Every revision of a repository as a value, read without DVC's locks: `assay experiments`, `assay.load`."""
