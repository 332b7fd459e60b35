"""A second generator of labelled login traffic: a second opinion about the detector.

It was written without knowledge of the first one (`credsieve load-test generate`), so that a detector fitted
to that one's habits shows it here. `../README.md` says what it makes and what it leaves out. Read the modules
in the order in which they work:

    tables, chance       what is drawn from, and how
    reference            the ranges of networks and the user agents, from a folder outside of the project
    networks, names      addresses; names, passwords
    world                one seed's service: its country, its habits, its outage
    clients              the program, TLS stack and device token that send an attempt
    stream               the events, and the log through which everybody writes them
    people, whereabouts  who there is, and from where they come
    visits               one visit, from opening the page to being in or giving up
    crowds, programs     what people do in three days; programs that mean well
    attacks              twenty-four kinds of attack, of the same networks, clients and names
    settling             the service's own part in the order of time: outage, lock-outs
    labels, cli          the files; the command line

The invariant of all of it is the order of the draws: the same seed gives the same bytes. Some draws are made
and not used; they stay, since without them every seed would be other traffic than the one that figures are
reported for.
"""
