"""A larger table that resembles a given one: what will a table cost before it is there?"""
