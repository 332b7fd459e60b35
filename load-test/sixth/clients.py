"""What clients show: agents, TLS fingerprints (JA4), versions of the app, forms of identifiers."""
from draw import Choice

# cr: Chrome by age, psk: resumed, q: over QUIC; ff: Firefox; sf: Safari; okh: the Android app; zs, av, net, go: also those
# of proxies that open TLS (a company's, a virus scanner's); the rest: libraries. Right in form only.
JA4 = dict(cr_old='t13d1516h2_8daaf6152771_e5627efa2ab1', cr='t13d1516h2_8daaf6152771_02713d6af862',
           cr_psk='t13d1517h2_8daaf6152771_b1ff8ab2d16f', cr_n='t13d1516h2_8daaf6152771_d8a2da3f94cd',
           cr_npsk='t13d1517h2_8daaf6152771_b6f405a00624', cr_q='q13d0312h3_55b375c5d22e_06cda9e17597',
           ff='t13d1715h2_5b57614c22b0_5c2c66f702b0', ff_psk='t13d1716h2_5b57614c22b0_eeeea6562960',
           ff_esr='t13d1715h2_5b57614c22b0_3d5424432f57', sf='t13d2014h2_a09f3c656075_14788d8d241b',
           sf18='t13d2014h2_a09f3c656075_e42f34c56612', sf_old='t13d2613h2_2802a3db6c62_845d286b0d67',
           ios='t13d2013h2_a09f3c656075_f62623592221', okh='t13d1512h2_8daaf6152771_7c9dd2ba4b3c',
           okh_old='t12d1410h2_c866b44c5a26_bd8f1b6a9d5f', py='t13d1812h1_85036bcba153_d41ae481755e',
           httpx='t13d1713h1_5b57614c22b0_b26ce05bbdd6', curl='t13d3113h2_e8f1e7e78f70_ce5650b735ce',
           go='t13d1312h2_f57a46bbacb6_ab7e3b40a677', node='t13d5911h1_a33745022dd6_1f22a2ca17c4',
           java='t13d4610h1_59f9a9b1c1b3_a8d7e2a9b4c1', net='t13d1910h2_9dc949149365_97f8aa674fd9',
           zs='t12d2709h2_c21a969c6c9d_e7c285222651', av='t13d1711h1_9a3d2c7b11f0_c5e1d7f2a9b0')
TLS = {'cr_old': Choice([(JA4['cr_old'], 1)]), 'cr': Choice([(JA4['cr'], 55), (JA4['cr_psk'], 25), (JA4['cr_q'], 20)]),
       'crn': Choice([(JA4['cr_n'], 50), (JA4['cr_npsk'], 25), (JA4['cr_q'], 25)]),
       'ff': Choice([(JA4['ff'], 70), (JA4['ff_psk'], 30)]), 'esr': Choice([(JA4['ff_esr'], 1)]),
       'sf': Choice([(JA4['sf'], 1)]), 'sf18': Choice([(JA4['sf18'], 80), (JA4['sf'], 20)]),
       'sfo': Choice([(JA4['sf_old'], 1)]), 'ios': Choice([(JA4['ios'], 85), (JA4['sf18'], 15)]),
       'okh': Choice([(JA4['okh'], 1)]), 'okho': Choice([(JA4['okh_old'], 1)])}
for k in ('py', 'curl', 'go', 'node', 'java', 'net', 'zs', 'av', 'httpx'):
    TLS[k] = Choice([(JA4[k], 1)])
CHROME = 'Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 %sSafari/537.36%s'
WINDOWS, MAC, LINUX, ANDROID = 'Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7', 'X11; Linux x86_64', \
    'Linux; Android 10; K'
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS %s like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) '
SAMSUNG = ('Mozilla/5.0 (Linux; Android 14; %s) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 '
           'Chrome/125.0.0.0 Mobile Safari/537.36')

# Desktops, Android and iPhone browsers as ((agent, TLS), weight)
DESKTOP_LIST, ANDROID_LIST, IPHONE_LIST = [], [], []
for v, weight in [(134, 30), (133, 26), (132, 8), (131, 5), (130, 3), (128, 2), (124, 1.5), (120, 1), (109, 2.2)]:
    e = 'cr_old' if v < 120 else 'crn' if v > 132 else 'cr'
    DESKTOP_LIST.append(((CHROME % (WINDOWS, v, '', ''), e), weight))
    if v >= 120:
        DESKTOP_LIST.append(((CHROME % (MAC, v, '', ''), e), weight * .25))
        DESKTOP_LIST.append(((CHROME % (LINUX, v, '', ''), e), weight * .06))
        ANDROID_LIST.append(((CHROME % (ANDROID, v, 'Mobile ', ''), e), weight))
    if v >= 131:
        DESKTOP_LIST.append(((CHROME % (WINDOWS, v, '', ' Edg/%d.0.0.0' % v), e), weight * .38))
        DESKTOP_LIST.append(((CHROME % (WINDOWS, v, '', ' OPR/%d.0.0.0' % (v - 16)), e), weight * .05))
DESKTOP_LIST.append(((CHROME % ('Windows NT 6.1; Win64; x64', 109, '', ''), 'cr_old'), .8))
for os_, fw in [('Windows NT 10.0; Win64; x64', 1), ('X11; Ubuntu; Linux x86_64', .15),
                ('Macintosh; Intel Mac OS X 10.15', .2)]:
    for v, weight, e in [(136, 7, 'ff'), (135, 5, 'ff'), (133, 1, 'ff'), (128, 2, 'esr'), (115, 1, 'esr')]:
        DESKTOP_LIST.append((('Mozilla/5.0 (%s; rv:%d.0) Gecko/20100101 Firefox/%d.0' % (os_, v, v), e), weight * fw))
for v, weight, e in [('18.3', 9, 'sf18'), ('18.1', 4, 'sf18'), ('17.6', 4, 'sf'), ('16.6', 1.5, 'sf'), ('14.1.2', .6, 'sfo')]:
    DESKTOP_LIST.append((('Mozilla/5.0 (%s) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%s Safari/605.1.15' % (MAC, v),
                          e), weight))
for v, weight, e in [('18_3_1', 30, 'sf18'), ('18_3', 12, 'sf18'), ('18_1_1', 8, 'sf18'), ('17_7', 8, 'sf'),
                     ('17_5_1', 4, 'sf'), ('16_7_10', 4, 'sf'), ('15_8_3', 2, 'sfo')]:
    vv = '.'.join(v.split('_')[:2])
    IPHONE_LIST.append(((IPHONE % v + 'Version/%s Mobile/15E148 Safari/604.1' % vv, e), weight))
    IPHONE_LIST.append(((IPHONE % v + 'CriOS/134.0.6998.99 Mobile/15E148 Safari/604.1', e), weight * .1))
    IPHONE_LIST.append(((IPHONE % v + 'Mobile/15E148 Instagram 369.0.0.25.88', e), weight * .06))
MODELS = ['SM-S911B', 'SM-A546B', 'SM-G991B', 'SM-A146P', 'Pixel 7', 'Pixel 8a', '2201117TY', '23021RAA2Y', 'SM-S928B',
          'moto g54 5G', 'CPH2409', 'SM-A336B', 'FP5', 'M2101K6G']
for m in MODELS[:6]:
    ANDROID_LIST.append(((SAMSUNG % m, 'cr'), 1.4))
ANDROID_LIST.append((('Mozilla/5.0 (Android 14; Mobile; rv:136.0) Gecko/136.0 Firefox/136.0', 'ff'), 3))
POPULAR = [CHROME % (WINDOWS, v, '', '') for v in (109, 133, 134, 134)]
COMMON_DESKTOPS = Choice([x for x in DESKTOP_LIST if x[1] >= 3])
DESKTOPS, ANDROIDS, IPHONES = Choice(DESKTOP_LIST), Choice(ANDROID_LIST), Choice(IPHONE_LIST)
IOS_VERSIONS = Choice([('18.3.1', 40), ('18.3', 15), ('18.1.1', 12), ('17.7', 12), ('17.5.1', 8), ('16.7.10', 6)])
ANDROID_VERSIONS = Choice([('15', 20), ('14', 40), ('13', 22), ('12', 10), ('11', 6)])
APP_OLD, APP_NEW, APP_LEGACY = '8.14.2', '8.15.0', '6.2.1'
TOOL_AGENTS = {
    'py': 'python-requests/2.31.0', 'py2': 'python-requests/2.32.3', 'curl': 'curl/8.5.0', 'go': 'Go-http-client/2.0',
    'node': 'axios/1.7.9', 'java': 'Java/17.0.10', 'net': 'RestSharp/110.2.0.0', 'httpx': 'python-httpx/0.27.0',
    'okh': 'okhttp/4.12.0'}


class Client:
    """What a client shows: app, interface (web, v2, v1 of old apps, partner), agent, TLS, identifiers."""
    __slots__ = ('app', 'api', 'ua', 'ja4', 'dev', 'sid', 'tenant')

    def __init__(self, app, api, ua, ja4, dev=None, sid=None, tenant=None):
        self.app, self.api, self.ua, self.ja4 = app, api, ua, ja4
        self.dev, self.sid, self.tenant = dev, sid, tenant


def uuid(r):
    h = '%032x' % r.getrandbits(128)
    return '%s-%s-4%s-%s%s-%s' % (h[:8], h[8:12], h[13:16], 'ab89'[int(h[16], 16) & 3], h[17:20], h[20:])


def session_id(r):
    return '%020x' % r.getrandbits(80)
