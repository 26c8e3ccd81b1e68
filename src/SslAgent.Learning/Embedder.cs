using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.State;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning;

/// <summary>One published version's towers on their own copy of the weights, in fp32 unless asked otherwise. One thread at a time; whoever swaps it out disposes it.</summary>
internal sealed class Embedder : IEmbedder
{
    private readonly ModelDescription _description;
    private readonly ITokenizer? _tokenizer;
    private readonly Weights _weights;
    private readonly TowerSet _towers;

    /// <param name="weights">Owned from here on.</param>
    public Embedder(ModelVersion version, ModelDescription description, ITokenizer? tokenizer, Weights weights)
    {
        (Version, _description, _tokenizer, _weights) = (version, description, tokenizer, weights);
        _towers = new TowerSet(_description.Model, _weights);
    }

    public static Embedder Open(IStoredModel stored, Device device, ComputeDtype dtype, Func<byte[], ITokenizer> readTokenizer)
    {
        ModelDescription description = StoredWeights.ReadDescription(stored);
        ITokenizer? tokenizer = stored.ReadFile(LearnerState.TokenizerFile) is { } json ? readTokenizer(json) : null;
        return new Embedder(stored.Manifest.Version, description, tokenizer, LoadedWeights.Load(stored, description.Model, device, dtype));
    }

    public ModelVersion Version { get; }

    public int? Width(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Frames => _description.Model.Frame.Width,
        EmbeddingSpace.Text => _tokenizer is null ? null : _description.Model.Text.Width,
        _ => _description.HasJointSpace && _tokenizer is not null ? _description.Model.JointWidth : null,
    };

    public int CountTokens(Domain.Text text)
    {
        Span<int> tokens = new int[_description.Model.TextTokens];
        return TokenBatch.EncodeOne(RequireTokenizer(), text, tokens);
    }

    public float[][] Embed(EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs)
    {
        if (inputs.Count == 0) return [];
        Check.That(Width(space) is not null, "a space is asked for only where the version has it");
        using var scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        bool frames = inputs[0].Frame is not null;
        Check.That(inputs.All(input => (input.Frame is not null) == frames && (input.Text is not null) == !frames), "a batch is all frames or all texts");
        Check.That(space == EmbeddingSpace.Joint || (space == EmbeddingSpace.Frames) == frames, "frames have frame vectors and texts text vectors");
        Tensor vectors = frames ? EmbedFrames(space, inputs) : EmbedTexts(space, inputs); // [B, width]
        float[] flat = vectors.cpu().contiguous().data<float>().ToArray();
        return [.. flat.Chunk(flat.Length / inputs.Count)];
    }

    public void Dispose()
    {
        _towers.Dispose();
        _weights.Dispose();
    }

    private Tensor EmbedFrames(EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs)
    {
        Frame[] frames = [.. inputs.Select(input => input.Frame!)];
        Tensor pixels = InputBuilder.WholeFrames(frames, _description.Model, _description.Normalization, _weights.Device);
        return space == EmbeddingSpace.Joint ? Clip.EmbedFrames(_towers, pixels) : _towers.Vision.Pool(pixels);
    }

    private Tensor EmbedTexts(EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs)
    {
        Domain.Text[] texts = [.. inputs.Select(input => input.Text!)];
        var tokens = new TokenTensors(TokenBatch.Encode(RequireTokenizer(), texts, _description.Model.TextTokens), _weights.Device);
        return space == EmbeddingSpace.Joint ? Clip.EmbedTexts(_towers, tokens) : _towers.Text.Pool(tokens);
    }

    private ITokenizer RequireTokenizer() => Check.NotNull(_tokenizer, "texts are asked for only where the version has a tokenizer");
}
