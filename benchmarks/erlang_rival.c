/* How fast can this machine find the least agents, by hand in C? The rival of erlang_speed.py.
 *
 * Erlang C: R(n) = 1/B(n, a) climbs from n = floor(a); n agents do where
 * n exp(-(n - a) t) <= (1 - SL)(R(n)(n - a) + a). Thirty-two queues climb side by side in vectors
 * of eight, without branch or division; they start from a table below 128 erlangs and from Laplace's
 * expansion above. Answers are not certified: near a tie they may be one agent off.
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
    vd out;
    for (int i = 0; i < W; i++) out[i] = __builtin_sqrt(x[i]);
    return out;
}

static inline vd vfloor(vd x)
{
    vd out;
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
