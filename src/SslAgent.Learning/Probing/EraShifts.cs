using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Probing;

/// <summary>Whether the newest era's features moved while it lasted.</summary>
internal static class EraShifts
{
    // R rows (samples), D width.

    /// <summary>
    /// Compares the later half of the newest era's sentinels with the earlier half, along the one direction in which the era as a whole differs most from
    /// what came before: a single number, which chance moves no more in this direction than in any other, since both halves had the same part in choosing it.
    /// </summary>
    /// <param name="newest">The era's features in order of admission, fp32 [R, D].</param>
    /// <param name="before">Features of the eras before [.., D].</param>
    public static EraShift Of(int era, string tower, Tensor newest, Tensor before)
    {
        using var scope = NewDisposeScope();
        Tensor unit = nn.functional.normalize(newest.cpu().to_type(ScalarType.Float64), dim: 1);
        Tensor rest = nn.functional.normalize(before.cpu().to_type(ScalarType.Float64), dim: 1);
        Tensor direction = unit.mean([0]) - rest.mean([0]); // [D]
        double[] along = unit.mv(direction).data<double>().ToArray(); // [R]
        double[] earlier = along[..(along.Length / 2)], later = along[(along.Length / 2)..];
        double spread = Math.Sqrt((Squares(earlier) + Squares(later)) / Math.Max(1, along.Length - 2));
        return new EraShift(era, tower, spread > 0 ? (later.Average() - earlier.Average()) / spread : 0, along.Length);
    }

    private static double Squares(double[] values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }
}
