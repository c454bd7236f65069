"""Parameters of every operation as TypedDicts, one module a cloud, under the vendor's own names."""
