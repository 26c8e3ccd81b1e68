using SslAgent.Guarding;

namespace SslAgent.Picturing;

/// <summary>
/// The colour of a cell of the forgetting matrix: from dark (the objective's lowest loss) to pale (its highest); what has risen over the era's lowest before
/// turns red, fully so where a tenth of the trivial loss was lost again.
/// </summary>
internal sealed class MatrixInk
{
    /// <summary>Rise, as a share of the trivial loss, that is drawn in full red.</summary>
    private const double RiseFull = 0.1;

    private static readonly Ink Dark = new(20, 60, 90), Middle = new(60, 150, 140), Pale = new(240, 235, 190), Red = new(215, 40, 40);

    private readonly ForgettingMatrix _matrix;
    private readonly string _objective;

    public MatrixInk(ForgettingMatrix matrix, string objective)
    {
        (_matrix, _objective) = (matrix, objective);
        double[] shares = [.. matrix.Cells.Where(cell => cell.Objective == objective).Select(ShareOf)];
        (Lowest, Highest) = (shares.Min(), shares.Max());
    }

    /// <summary>Loss as a share of the trivial loss.</summary>
    public double Lowest { get; }

    public double Highest { get; }

    public Ink Of(MatrixCell cell)
    {
        double rise = (cell.Loss - Before(cell)) / cell.TrivialLoss;
        return Ink.Mix(AtShare(ShareOf(cell)), Red, rise / RiseFull);
    }

    public Ink AtShare(double share)
    {
        double at = Highest > Lowest ? (share - Lowest) / (Highest - Lowest) : 0;
        return at < 0.5 ? Ink.Mix(Dark, Middle, 2 * at) : Ink.Mix(Middle, Pale, (2 * at) - 1);
    }

    public static double ShareOf(MatrixCell cell) => cell.Loss / cell.TrivialLoss;

    /// <summary>The era's lowest loss on the same sentinels up to this version, its own among them.</summary>
    private double Before(MatrixCell cell) => _matrix.Cells
        .Where(other => other.Objective == _objective && other.Era == cell.Era && other.IsComparable == cell.IsComparable && other.Version <= cell.Version)
        .Min(other => other.Loss);
}
