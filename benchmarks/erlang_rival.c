/* How fast can this machine find the least agents, by hand in C? The rival of erlang_speed.py.
 *
 * Erlang C: R(n) = 1/B(n, a) climbs from n = floor(a); n agents do where
 * n exp(-(n - a) t) <= (1 - SL)(R(n)(n - a) + a). Thirty-two queues climb side by side in vectors
 * of eight, without branch or division; they start from a table below 128 erlangs and from Laplace's
 * expansion above. Erlang A: secants on log(missed/allowed) in a bracket of whole numbers, eight
 * queues side by side, by the formulas of wfm/queueing/_kernels_quick.py (rule SL4, numbers in the
 * ordinary range only). Answers are not certified: near a tie they may be one agent off.
 *
 * gcc -O3 -march=native -ffp-contract=fast -shared -fPIC; vectors of eight doubles are split by the
 * compiler where the machine has shorter ones.
 */
#include <math.h>
#include <stdint.h>

#define W 8
#define V 4 /* vectors in flight */
typedef double vd __attribute__((vector_size(8 * W)));
typedef int64_t vl __attribute__((vector_size(8 * W)));

enum { TABLE = 128, DEGREE = 10, ORDER = 5 };

static inline vd set(double x) { return (vd){x, x, x, x, x, x, x, x}; }
static inline vd pick(vl mask, vd yes, vd no) { return (vd)(((vl)yes & mask) | ((vl)no & ~mask)); }

/* exp for |x| < 700: 2^k exp(r) with r in [-ln2/2, ln2/2]. */
static inline vd vexp(vd x)
{
    const double magic = 6755399441055744.0; /* 1.5 * 2^52 */
    vd t = x * 1.4426950408889634 + magic;
    vl k = (vl)t;
    vd whole = t - magic;
    vd r = x - whole * 6.93147180369123816490e-01;
    r = r - whole * 1.90821492927058770002e-10;
    vd p = set(1.0 / 39916800.0);
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return (vd)((vl)p + (k << 52));
}

static inline vd vsqrt(vd x)
{
    vd out = x;
    for (int i = 0; i < W; i++) out[i] = __builtin_sqrt(x[i]);
    return out;
}

static inline vd vfloor(vd x)
{
    vd out = x;
    for (int i = 0; i < W; i++) out[i] = __builtin_floor(x[i]);
    return out;
}

/* volume, aht: n each; table: (DEGREE + 1) x TABLE; series: (ORDER + 1)^2; answer: n. */
void rival_c(long n, const double *volume, const double *aht, double interval, double awt,
             double level, const double *table, const double *series, int64_t *answer)
{
    const double q = 1.0 - level;
    for (long base = 0; base < n; base += W * V) {
        vd a[V], ia[V], m[V], gap[V], r[V], e[V], d[V], c[V];
        for (int v = 0; v < V; v++) {
            vd vol, h;
            for (int i = 0; i < W; i++) {
                long j = base + v * W + i < n ? base + v * W + i : n - 1;
                vol[i] = volume[j];
                h[i] = aht[j];
            }
            a[v] = vol * h / interval;
            m[v] = vfloor(a[v]);
            vd f = a[v] - m[v];
            vl small = m[v] < set(TABLE);
            vd low = set(0.0);
            vl row;
            for (int i = 0; i < W; i++) row[i] = small[i] ? (int64_t)m[v][i] : 0;
            for (int k = DEGREE; k >= 0; k--) {
                vd g;
                for (int i = 0; i < W; i++) g[i] = table[k * TABLE + row[i]];
                low = low * f + g;
            }
            vd s = 1.0 / vsqrt(a[v]), high = set(0.0);
            for (int k = ORDER; k >= 0; k--) {
                vd p = set(series[k * (ORDER + 1) + k]);
                for (int i = k - 1; i >= 0; i--) p = p * f + series[k * (ORDER + 1) + i];
                high = high * s + p;
            }
            r[v] = pick(small, low, high / s);
            vd rate = awt / h;
            d[v] = vexp(-rate);
            e[v] = vexp(f * rate);
            gap[v] = -f;
            ia[v] = 1.0 / a[v];
            c[v] = m[v] + 1.0;
        }
        for (int step = 0; step < 400; step += 4) {
            vl open = {0};
            for (int v = 0; v < V; v++) {
                vl miss = {0};
                for (int k = 0; k < 4; k++) {
                    m[v] += 1.0;
                    gap[v] += 1.0;
                    r[v] = 1.0 + (m[v] * ia[v]) * r[v];
                    e[v] *= d[v];
                    miss = m[v] * e[v] > q * (r[v] * gap[v] + a[v]);
                    c[v] -= (vd)pick(miss, set(-1.0), set(0.0));
                }
                open |= miss;
            }
            int64_t any = 0;
            for (int i = 0; i < W; i++) any |= open[i];
            if (!any) break;
        }
        for (int v = 0; v < V; v++)
            for (int i = 0; i < W; i++)
                if (base + v * W + i < n) answer[base + v * W + i] = (int64_t)c[v][i];
    }
}

static inline vd vlog(vd x)
{
    vl bits = (vl)x;
    vl k = (bits - 0x3FE6A09E667F3BCD) >> 52;
    vd m = (vd)(bits - (k << 52));
    vd s = (m - 1.0) / (m + 1.0), s2 = s * s, p = set(2.0 / 19.0);
    for (int i = 17; i >= 3; i -= 2) p = p * s2 + 2.0 / i;
    return __builtin_convertvector(k, vd) * 0.6931471805599453 + (2.0 * s + s * s2 * p);
}

static inline vd vmin(vd a, vd b) { return pick(a < b, a, b); }
static inline vd vmax(vd a, vd b) { return pick(a > b, a, b); }
static inline vd vceil(vd x) { return -vfloor(-x); }
static inline int any(vl mask)
{
    int64_t out = 0;
    for (int i = 0; i < W; i++) out |= mask[i];
    return out != 0;
}

enum { N0 = 13, N1 = 10, N2 = 8, NE = 15, CLIMB = 48, SHIFT = 24 };
static const double *C0, *C1, *C2, *CE;

static inline vd verfcx(vd u)
{
    vd v = (u - 3.75) / (u + 3.75), p = set(CE[0]);
    for (int i = 1; i < NE; i++) p = p * v + CE[i];
    return p / (1.0 + 2.0 * u);
}

/* half: the mass of a gamma law beside `ratio`, from above (sign 1) or below (sign -1). */
static inline vd beside(vd v, vd ratio, vd log_ratio, double sign)
{
    vd phi = vmax(ratio - 1.0 - log_ratio, set(0.0));
    vl over = ratio > 1.0;
    vd zeta = vsqrt(2.0 * phi);
    zeta = pick(over, zeta, -zeta);
    vd half = verfcx(vsqrt(v * phi));
    vl grows = sign > 0 ? ~over : over;
    if (any(grows)) half = pick(grows, 2.0 * vexp(vmin(v * phi, set(690.0))) - half, half);
    vd w = 1.0 / v, p = set(C0[0]), q = set(C1[0]), r = set(C2[0]);
    for (int i = 1; i < N0; i++) p = p * zeta + C0[i];
    for (int i = 1; i < N1; i++) q = q * zeta + C1[i];
    for (int i = 1; i < N2; i++) r = r * zeta + C2[i];
    vd tail = p + w * (q + w * r);
    vd star = 1.0 + w * (1.0 / 12 + w * (1.0 / 288 - w * (139.0 / 51840)));
    return star * (vsqrt(6.283185307179586 * v) * 0.5 * half + sign * tail);
}

static inline vd score(vd n, vd a, vd eta, vd t, vd stay, double level)
{
    vd ratio = a / n, log_ratio = vlog(ratio), x = n / eta, y = a / eta, z = y * stay, free, ay, az;
    vl small_n = n < set(CLIMB), small_x = x < set(CLIMB);
    free = any(~small_n) ? beside(n, ratio, log_ratio, 1.0) : set(0.0);
    if (any(small_n)) {
        vd r = set(1.0), ia = 1.0 / a;
        for (int k = 1; k < CLIMB; k++) {
            vl go = set(k) <= n;
            if (!any(go)) break;
            r = pick(go, 1.0 + k * ia * r, r);
        }
        free = pick(small_n, r - 1.0, free);
    }
    vd v = pick(small_x, x + SHIFT, x), ry = y / v, log_y = vlog(ry);
    ay = beside(v, ry, log_y, -1.0);
    az = beside(v, z / v, log_y - eta * t, -1.0);
    if (any(small_x)) {
        vd d = set(1.0), p = ay, q = az;
        for (int k = SHIFT; k > 0; k--) {
            d *= (x + k) * 0.03125;
            p = d + y * 0.03125 * p;
            q = d + z * 0.03125 * q;
        }
        ay = pick(small_x, p / d, ay);
        az = pick(small_x, q / d, az);
    }
    vd g = vexp(vmax(vmin(y - z - n * t, set(690.0)), set(-690.0)));
    vd over = n / a, beyond = g * az, late = over * (beyond - g);
    vd within = vmax(free + over * (ay - 1.0) - late, 1e-9 * (free + ay));
    return vlog(level * stay * beyond / ((1.0 - level) * within));
}

void rival_a(long n, const double *volume, const double *aht, const double *patience,
             double interval, double awt, double level, const double *c0, const double *c1,
             const double *c2, const double *ce, int64_t *answer)
{
    C0 = c0, C1 = c1, C2 = c2, CE = ce;
    for (long base = 0; base < n; base += W) {
        vd vol, h, p;
        for (int i = 0; i < W; i++) {
            long j = base + i < n ? base + i : n - 1;
            vol[i] = volume[j], h[i] = aht[j], p[i] = patience[j];
        }
        vd a = vol * h / interval, eta = h / p, t = awt / h, stay = vexp(-eta * t), root = vsqrt(a);
        vd m = vmin(a * stay + 0.8 * vsqrt(eta * a * stay), a + 0.5 * root);
        m = vmax(vfloor(m + 0.5), set(1.0));
        vd lo = set(0.0), hi = set(1e18), fl = set(0.0), fh = set(0.0);
        for (int round = 0; round < 24; round++) {
            vd f = score(m, a, eta, t, stay, level);
            vl met = f <= 0.0;
            lo = pick(met, lo, m), hi = pick(met, m, hi);
            fl = pick(met, fl, f), fh = pick(met, f, fh);
            vl closed = hi - lo <= 1.0;
            if (!any(~closed)) break;
            vd step = vceil(0.8 * pick(met, -f, f) * root + 0.25);
            vd guess = vceil(lo + (hi - lo) * fl / (fl - fh));
            guess = pick(lo > 0.0, guess, hi - step);
            guess = pick(hi < 1e17, guess, lo + step);
            m = pick(closed, m, vmin(vmax(guess, lo + 1.0), hi - 1.0));
        }
        for (int i = 0; i < W; i++)
            if (base + i < n) answer[base + i] = (int64_t)hi[i];
    }
}
