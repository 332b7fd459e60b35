"""Attacks: twenty-four kinds, which draw networks, clients, names and times from what people draw from.

    sources      from which addresses
    disguises    with which clients
    timing       when
    targets      which names
    gang         one attempt, and stuffing in general
    stuffing, guessing, asking, accounts, takeover    the kinds, by what they are after
    campaigns    how many attempts each kind gets, and in how many campaigns

A kind is a function of the gang and of a number of attempts. It draws its own pace, number of addresses and
disguise, so that two seeds, and two campaigns of a seed, differ.
"""
