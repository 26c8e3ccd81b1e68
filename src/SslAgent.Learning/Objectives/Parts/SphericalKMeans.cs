using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>k-means on the sphere (Dhillon and Modha 2001): nearest by cosine, centroids are normalised sums. A pure function: no draw, and nothing waits for the device.</summary>
internal static class SphericalKMeans
{
    // M rows, J width, K clusters.

    /// <param name="rows">Unit vectors, fp32 [M, J].</param>
    /// <param name="held">True where a row counts; the first of all rows, without a gap [M].</param>
    /// <returns>Unit vectors, fp32 [K, J]; a cluster that nobody is nearest to stays where it is.</returns>
    public static Tensor Centroids(Tensor rows, Tensor held, int clusters, int iterations)
    {
        Shape.Require(held, "held rows", rows.shape[0]);
        Tensor counts = held.to_type(ScalarType.Float32); // [M]
        // Every so many rows one to begin with: rows of a memory are draws of the stream, and equal parts of its time.
        Tensor first = (arange(clusters, dtype: ScalarType.Float32, device: rows.device) * counts.sum() / clusters).floor().to_type(ScalarType.Int64);
        Tensor centroids = rows.index_select(0, first); // [K, J]
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            Tensor nearest = nn.functional.one_hot(rows.mm(centroids.t()).argmax(1), clusters).to_type(ScalarType.Float32) * counts.unsqueeze(1); // [M, K]
            Tensor sums = nearest.t().mm(rows); // [K, J]
            centroids = where(nearest.sum([0]).unsqueeze(1) > 0, nn.functional.normalize(sums, dim: 1), centroids);
        }

        return centroids;
    }
}
