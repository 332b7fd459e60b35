"""The shop: its endpoints, what an event carries, the lock after wrong passwords, the log and its labels."""
import csv
import datetime
import hashlib
import hmac
import json

from clients import session_id

ENDPOINTS = {'web': {'login': '/account/login', 'signup': '/account/register', 'password_reset': '/account/forgot',
                     'lookup': '/account/check-email', 'token': '/oauth/token', 'mfa': '/account/mfa'},
                     'v2': {'login': '/api/v2/auth/login', 'signup': '/api/v2/auth/register',
                            'password_reset': '/api/v2/auth/forgot', 'lookup': '/api/v2/auth/identify',
                            'token': '/oauth/token', 'mfa': '/api/v2/auth/mfa'},
                            'v1': {'login': '/api/v1/login', 'signup': '/api/v1/register',
                                   'password_reset': '/api/v1/forgot', 'lookup': '/api/v1/login', 'token': '/oauth/token',
                                   'mfa': '/api/v1/login'}, 'partner': {'login': '/oauth/token', 'token': '/oauth/token',
                                           'lookup': '/api/v2/auth/identify', 'signup': '/api/v2/auth/register',
                                           'password_reset': '/api/v2/auth/forgot', 'mfa': '/oauth/token'}}
FIELDS = ['event_id', 'time', 'outcome', 'ip', 'kind', 'credential', 'failure_reason', 'username', 'asn', 'country',
          'device_id', 'user_agent', 'ja4', 'password_fingerprint', 'breached_password', 'mfa', 'endpoint', 'app', 'tenant',
          'session_id']
LABELS = ['event_id', 'attack', 'class', 'outcome', 'time', 'username', 'undecidable']
WRONG, WITHIN, LOCKED_FOR = 10, 900, 900        # wrong passwords, seconds, seconds


class Service:
    def __init__(self, w):
        self.w = w
        self.log = []                           # [time, event, attack, class, undecidable, somebody else's account]
        self.rng = w.stream('ev')
        self.key, self.prints = hashlib.sha256(b'marlow-%d' % w.seed).digest(), {}
        self.wrong, self.locked = {}, {}

    def fingerprint(self, password):
        x = self.prints.get(password)
        if x is None:
            x = self.prints[password] = hmac.new(self.key, password.encode(), 'sha256').hexdigest()[:32]
        return x

    def broken(self, r, t):
        """Whether the outage swallows this request."""
        return self.w.outage_begin <= t < self.w.outage_end and r.random() < .72

    def emit(self, t, kind, ok, addr, name, cl, pw=None, reason=None, cred=None, mfa=None, br=None, att=0, cls='regular', und=0,
             other=0, ep=None):
        """Logs one event; which fields it has is the interface's way, never the sender's."""
        if t < 0 or t >= self.w.end:
            return
        r = self.rng
        e = {'kind': kind, 'outcome': 'success' if ok else 'failure', 'ip': addr[0]}
        if reason:
            e['failure_reason'] = reason
        if name is not None:
            e['username'] = name
        if r.random() > .004:
            e['asn'], e['country'] = addr[1], addr[2]
        if cl.dev:
            e['device_id'] = cl.dev
        if cl.ua:
            e['user_agent'] = cl.ua
        if cl.ja4 and r.random() > .015:
            e['ja4'] = cl.ja4
        if cl.api != 'v1' and kind in ('login', 'mfa'):
            e['credential'] = cred or ('valid' if ok else 'invalid' if reason == 'bad_password' else 'unknown')
        if pw is not None:
            e['password_fingerprint'] = self.fingerprint(pw)
            if cl.api in ('v2', 'web') and reason != 'other':
                e['breached_password'] = bool(br)
        if mfa:
            e['mfa'] = mfa
        elif ok and kind == 'login' and cl.api != 'v1':
            e['mfa'] = 'none'
        e['endpoint'] = ep or ENDPOINTS[cl.api][kind]
        e['app'] = cl.app
        if cl.tenant:
            e['tenant'] = cl.tenant
        if cl.api in ('web', 'v2'):             # the server makes a session where the client brings none
            e['session_id'] = cl.sid or session_id(r)
        self.log.append([t, e, att, cls, und, other])

    def lock(self, t, e):
        """Locks a name after too many wrong passwords; changes the event's answer while it is locked."""
        n = e.get('username', '').strip().lower()
        if self.locked.get(n, -1) > t:
            e['outcome'], e['failure_reason'] = 'failure', 'locked'
            e.pop('mfa', None)
            e.pop('breached_password', None)
            if 'credential' in e:
                e['credential'] = 'unknown'
        elif e.get('failure_reason') == 'bad_password':
            recent = [x for x in self.wrong.get(n, ()) if x > t - WITHIN] + [t]
            self.wrong[n] = recent
            if len(recent) >= WRONG:
                self.locked[n], self.wrong[n] = t + LOCKED_FOR, []
        elif e['outcome'] == 'success':
            self.wrong.pop(n, None)

    def write(self, out, labels):
        w, ids = self.w, self.w.stream('ids')
        entries = sorted((o for o in self.log if 0 <= o[0] < w.end), key=lambda o: o[0])
        with open(out, 'w', encoding='utf-8') as f, open(labels, 'w', encoding='utf-8', newline='') as g:
            sheet = csv.writer(g, lineterminator='\n')
            sheet.writerow(LABELS)
            for t, e, att, cls, und, other in entries:
                e = dict(e)                     # some entries share one event
                if e['kind'] == 'login' and 'password_fingerprint' in e:
                    self.lock(t, e)
                ms = int(t * 1000)
                time = w.start + datetime.timedelta(milliseconds=ms)
                e['time'] = time.strftime('%Y-%m-%dT%H:%M:%S.') + '%03dZ' % (ms % 1000)
                e['event_id'] = '%024x' % ids.getrandbits(96)
                f.write(json.dumps({k: e[k] for k in FIELDS if k in e}, separators=(',', ':')) + '\n')
                let_in = (e['outcome'] == 'success' and e['kind'] in ('login', 'token', 'signup', 'mfa')
                          and (not att or other))
                sheet.writerow([e['event_id'], att, cls, 'success' if let_in else 'failure', '%.3f' % (ms / 1000.0),
                                e.get('username', ''), und])
