namespace SslAgent.Probing;

/// <summary>
/// A linear probe in closed form: least squares on one-hot labels over standardised features, with the ridge that answers best for a fifth of the training
/// rows that it was not fitted to. No chance, no iteration: the same features give the same answers.
/// </summary>
internal sealed class RidgeProbe
{
    private const int ValidateOneIn = 5;

    private static readonly double[] Ridges = [1e-4, 1e-3, 1e-2, 1e-1, 1];

    private readonly Scale _scale;
    private readonly double[][] _weights;

    private RidgeProbe(Scale scale, double[][] weights) => (_scale, _weights) = (scale, weights);

    public static RidgeProbe Fit(float[][] features, int[] labels, int classes)
    {
        var scale = Scale.Of(features);
        double[][] rows = [.. features.Select(scale.Apply)];
        int[] fitted = [.. Enumerable.Range(0, rows.Length).Where(row => row % ValidateOneIn != 0)], left = [.. Enumerable.Range(0, rows.Length).Where(row => row % ValidateOneIn == 0)];
        var part = Normal.Of([.. fitted.Select(row => rows[row])], [.. fitted.Select(row => labels[row])], classes);
        double best = Ridges.MaxBy(ridge =>
        {
            double[][] weights = part.Solve(ridge);
            return left.Count(row => Say(weights, rows[row]) == labels[row]);
        });
        return new RidgeProbe(scale, Normal.Of(rows, labels, classes).Solve(best));
    }

    public int[] Predict(float[][] features) => [.. features.Select(row => Say(_weights, _scale.Apply(row)))];

    private static int Say(double[][] weights, double[] row)
    {
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int one = 0; one < weights.Length; one++)
        {
            double score = Vectors.Dot<double>(weights[one], row);
            if (score > highest) (best, highest) = (one, score);
        }

        return best;
    }

    /// <summary>Mean and deviation of each feature; a last one that is always 1 carries the offset.</summary>
    private sealed record Scale(double[] Mean, double[] Deviation)
    {
        public static Scale Of(float[][] rows)
        {
            int width = rows[0].Length;
            double[] mean = new double[width], square = new double[width];
            foreach (float[] row in rows)
            {
                for (int i = 0; i < width; i++)
                {
                    mean[i] += row[i] / (double)rows.Length;
                    square[i] += (double)row[i] * row[i] / rows.Length;
                }
            }

            return new Scale(mean, [.. square.Select((value, i) => Math.Sqrt(Math.Max(0, value - (mean[i] * mean[i]))))]);
        }

        public double[] Apply(float[] row) => [.. row.Select((value, i) => Deviation[i] < 1e-9 ? 0 : (value - Mean[i]) / Deviation[i]), 1];
    }

    /// <summary>The normal equations: XᵀX / n [D, D] and XᵀY / n, one vector of D a class.</summary>
    private sealed record Normal(double[][] Gram, double[][] Targets)
    {
        public static Normal Of(double[][] rows, int[] labels, int classes)
        {
            int width = rows[0].Length;
            double[][] gram = [.. Enumerable.Range(0, width).Select(_ => new double[width])], targets = [.. Enumerable.Range(0, classes).Select(_ => new double[width])];
            double share = 1.0 / rows.Length;
            for (int row = 0; row < rows.Length; row++)
            {
                double[] x = rows[row];
                for (int i = 0; i < width; i++)
                    Vectors.AddScaled(x.AsSpan(0, i + 1), x[i] * share, gram[i].AsSpan(0, i + 1));
                Vectors.AddScaled(x, share, targets[labels[row]]);
            }

            return new Normal(gram, targets);
        }

        /// <summary>Cholesky, then two triangles a class.</summary>
        public double[][] Solve(double ridge)
        {
            double[][] factor = [.. Gram.Select((row, i) => row.Select((value, j) => i == j ? value + ridge : value).ToArray())];
            for (int i = 0; i < factor.Length; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    double left = factor[i][j] - Vectors.Dot<double>(factor[i].AsSpan(0, j), factor[j].AsSpan(0, j));
                    factor[i][j] = i == j ? Math.Sqrt(left) : left / factor[j][j];
                }
            }

            return [.. Targets.Select(target => Back(factor, Forward(factor, target)))];
        }

        private static double[] Forward(double[][] factor, double[] target)
        {
            var y = new double[target.Length];
            for (int i = 0; i < y.Length; i++)
                y[i] = (target[i] - Vectors.Dot<double>(factor[i].AsSpan(0, i), y.AsSpan(0, i))) / factor[i][i];
            return y;
        }

        private static double[] Back(double[][] factor, double[] y)
        {
            for (int i = y.Length - 1; i >= 0; i--)
            {
                y[i] /= factor[i][i];
                Vectors.AddScaled(factor[i].AsSpan(0, i), -y[i], y.AsSpan(0, i));
            }

            return y;
        }
    }
}
