using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Probing;

/// <summary>
/// Mean features of whole frames and texts, cast to <see cref="Width"/> numbers by fixed random signs (Achlioptas, "Database-friendly random projections", JCSS
/// 2003): angles between samples stay about what they were. A pair is the sum of its halves' directions, each by signs of its own. One thread; owns its copy of the weights.
/// </summary>
internal sealed class SampleEmbedder(LearnerPlan plan, Weights served, ITokenizer? tokenizer) : ISampleEmbedder
{
    /// <summary>Numbers of a row.</summary>
    public const int Width = 64;

    private readonly TowerSet _towers = new(plan.Model, served);
    private readonly float[] _frameSigns = FrameSigns(plan.Model), _textSigns = TextSigns(plan.Model);

    /// <summary>The projection of a frame's feature, row-major [D, Width]; the same for every lineage: what is projected differs enough.</summary>
    public static float[] FrameSigns(ModelPlan plan) => Signs(plan.Frame.Width, part: 0);

    /// <summary>The projection of a text's feature, row-major [D, Width].</summary>
    public static float[] TextSigns(ModelPlan plan) => Signs(plan.Text.Width, part: 1);

    public IReadOnlyList<float[]>? Embed(Batch batch)
    {
        bool readsTexts = batch.Modality != Modality.Frame && tokenizer is not null;
        if (batch.Modality == Modality.Text && !readsTexts) return null;
        using var scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        var rows = new float[batch.Count][];
        for (int row = 0; row < rows.Length; row++) rows[row] = new float[Width];
        if (batch.Modality != Modality.Text)
            Add(rows, _towers.Vision.Pool(InputBuilder.WholeFrames(batch.Frames, plan.Model, plan.Normalization, served.Device)), _frameSigns); // [B, D]
        if (readsTexts)
        {
            TokenBatch tokens = TokenBatch.Encode(Check.NotNull(tokenizer, "texts are read with a tokenizer"), [.. batch.Texts], plan.Model.TextTokens);
            Add(rows, _towers.Text.Pool(new TokenTensors(tokens, served.Device)), _textSigns); // [B, D]
        }

        return rows;
    }

    public void Dispose()
    {
        _towers.Dispose();
        served.Dispose();
    }

    /// <summary>Adds the direction of each row's features. Summed in double precision, in order: the same on every machine whose features are.</summary>
    private static void Add(float[][] rows, Tensor features, float[] signs)
    {
        float[] flat = features.to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        int width = flat.Length / rows.Length;
        Span<double> sums = stackalloc double[Width];
        for (int row = 0; row < rows.Length; row++)
        {
            sums.Clear();
            ReadOnlySpan<float> own = flat.AsSpan(row * width, width);
            for (int i = 0; i < width; i++)
            {
                for (int j = 0; j < Width; j++) sums[j] += own[i] * signs[(i * Width) + j];
            }

            double norm = 0;
            foreach (double sum in sums) norm += sum * sum;
            for (int j = 0; j < Width; j++) rows[row][j] += (float)(sums[j] / Math.Sqrt(norm));
        }
    }

    private static float[] Signs(int width, int part)
    {
        var chance = new Philox(new DrawKey(0, 0, 0, ChanceStream.Projection, part));
        float[] signs = new float[width * Width];
        for (int i = 0; i < signs.Length; i++) signs[i] = (chance.NextUInt32() & 1) == 0 ? -1 : 1;
        return signs;
    }
}
