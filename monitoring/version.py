"""The version of the product: the newest heading of CHANGELOG.md says the same, held by a test."""

VERSION = "0.5.0"
