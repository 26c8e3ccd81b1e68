using System.Numerics;
using System.Runtime.InteropServices;

namespace SslAgent.Probing;

/// <summary>The two loops that measuring spends its time in, with the processor's wide registers.</summary>
internal static class Vectors
{
    public static T Dot<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right) where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<Vector<T>> wideLeft = MemoryMarshal.Cast<T, Vector<T>>(left), wideRight = MemoryMarshal.Cast<T, Vector<T>>(right);
        Vector<T> sums = Vector<T>.Zero;
        for (int i = 0; i < wideLeft.Length; i++) sums += wideLeft[i] * wideRight[i];
        T sum = Vector.Sum(sums);
        for (int i = wideLeft.Length * Vector<T>.Count; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>The rows at length 1.</summary>
    public static float[][] Unit(float[][] rows) => [.. rows.Select(row =>
    {
        float norm = MathF.Max(MathF.Sqrt(Dot<float>(row, row)), 1e-12f);
        return row.Select(value => value / norm).ToArray();
    })];

    /// <summary>Adds <paramref name="row"/> times <paramref name="factor"/> to <paramref name="to"/>.</summary>
    public static void AddScaled(ReadOnlySpan<double> row, double factor, Span<double> to)
    {
        ReadOnlySpan<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(row);
        Span<Vector<double>> wideTo = MemoryMarshal.Cast<double, Vector<double>>(to);
        for (int i = 0; i < wide.Length; i++) wideTo[i] += wide[i] * factor;
        for (int i = wide.Length * Vector<double>.Count; i < row.Length; i++) to[i] += row[i] * factor;
    }
}
