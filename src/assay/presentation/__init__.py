"""What pages, cards, figures and messages share: style, templates, words, Markdown."""
