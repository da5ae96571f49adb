"""The contract as pages to read: French first, static, one file each; nothing to install or run to read them."""
