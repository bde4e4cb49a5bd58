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

static inline vd set(double x) { return (vd){0} + x; }
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

#define U 4 /* vectors in flight: the recurrences wait for themselves */
#define EACH for (int u = 0; u < U; u++)

static inline void score(const vd *n, const vd *a, const vd *eta, const vd *t, const vd *stay,
                         double level, vd *out)
{
    vd ratio[U], log_ratio[U], x[U], y[U], z[U], free[U], ay[U], az[U];
    vl small_n[U], small_x[U], few = {0}, many = {0}, near = {0};
    EACH {
        ratio[u] = a[u] / n[u], log_ratio[u] = vlog(ratio[u]);
        x[u] = n[u] / eta[u], y[u] = a[u] / eta[u], z[u] = y[u] * stay[u];
        small_n[u] = n[u] < set(CLIMB), small_x[u] = x[u] < set(CLIMB);
        few |= small_n[u], many |= ~small_n[u], near |= small_x[u];
    }
    if (any(many)) EACH free[u] = beside(n[u], ratio[u], log_ratio[u], 1.0);
    else EACH free[u] = set(0.0);
    if (any(few)) {
        vd r[U], ia[U];
        EACH r[u] = set(1.0), ia[u] = 1.0 / a[u];
        for (int k = 1; k < CLIMB; k++)
            EACH r[u] = pick(set(k) <= n[u], 1.0 + k * ia[u] * r[u], r[u]);
        EACH free[u] = pick(small_n[u], r[u] - 1.0, free[u]);
    }
    EACH {
        vd v = pick(small_x[u], x[u] + SHIFT, x[u]), ry = y[u] / v, log_y = vlog(ry);
        ay[u] = beside(v, ry, log_y, -1.0);
        az[u] = beside(v, z[u] / v, log_y - eta[u] * t[u], -1.0);
    }
    if (any(near)) {
        vd d[U], p[U], q[U];
        EACH d[u] = set(1.0), p[u] = ay[u], q[u] = az[u];
        for (int k = SHIFT; k > 0; k--) EACH {
            d[u] *= (x[u] + k) * 0.03125;
            p[u] = d[u] + y[u] * 0.03125 * p[u];
            q[u] = d[u] + z[u] * 0.03125 * q[u];
        }
        EACH {
            ay[u] = pick(small_x[u], p[u] / d[u], ay[u]);
            az[u] = pick(small_x[u], q[u] / d[u], az[u]);
        }
    }
    EACH {
        vd g = vexp(vmax(vmin(y[u] - z[u] - n[u] * t[u], set(690.0)), set(-690.0)));
        vd over = n[u] / a[u], beyond = g * az[u], late = over * (beyond - g);
        vd within = vmax(free[u] + over * (ay[u] - 1.0) - late, 1e-9 * (free[u] + ay[u]));
        out[u] = vlog(level * stay[u] * beyond / ((1.0 - level) * within));
    }
}

void rival_a(long n, const double *volume, const double *aht, const double *patience,
             double interval, double awt, double level, const double *c0, const double *c1,
             const double *c2, const double *ce, int64_t *answer)
{
    C0 = c0, C1 = c1, C2 = c2, CE = ce;
    for (long base = 0; base < n; base += W * U) {
        vd a[U], eta[U], t[U], stay[U], root[U], m[U], lo[U], hi[U], fl[U], fh[U], f[U];
        EACH {
            vd vol, h, p;
            for (int i = 0; i < W; i++) {
                long j = base + u * W + i < n ? base + u * W + i : n - 1;
                vol[i] = volume[j], h[i] = aht[j], p[i] = patience[j];
            }
            a[u] = vol * h / interval, eta[u] = h / p, t[u] = awt / h;
            stay[u] = vexp(-eta[u] * t[u]), root[u] = vsqrt(a[u]);
            vd mid = a[u] * stay[u] + 0.8 * vsqrt(eta[u] * a[u] * stay[u]);
            m[u] = vmax(vfloor(vmin(mid, a[u] + 0.5 * root[u]) + 0.5), set(1.0));
            lo[u] = fl[u] = fh[u] = set(0.0), hi[u] = set(1e18);
        }
        for (int round = 0; round < 24; round++) {
            vl open = {0};
            score(m, a, eta, t, stay, level, f);
            EACH {
                vl met = f[u] <= 0.0;
                lo[u] = pick(met, lo[u], m[u]), hi[u] = pick(met, m[u], hi[u]);
                fl[u] = pick(met, fl[u], f[u]), fh[u] = pick(met, f[u], fh[u]);
                vl closed = hi[u] - lo[u] <= 1.0;
                open |= ~closed;
                vd step = vceil(0.8 * pick(met, -f[u], f[u]) * root[u] + 0.25);
                vd guess = vceil(lo[u] + (hi[u] - lo[u]) * fl[u] / (fl[u] - fh[u]));
                guess = pick(lo[u] > 0.0, guess, hi[u] - step);
                guess = pick(hi[u] < 1e17, guess, lo[u] + step);
                guess = vmin(vmax(guess, lo[u] + 1.0), hi[u] - 1.0);
                m[u] = pick(closed, m[u], guess);
            }
            if (!any(open)) break;
        }
        EACH for (int i = 0; i < W; i++)
            if (base + u * W + i < n) answer[base + u * W + i] = (int64_t)hi[u][i];
    }
}
