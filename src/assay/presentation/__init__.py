"""Shared by pages, cards, figures and messages: style, templates, words, Markdown."""
