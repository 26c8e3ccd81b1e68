using System.Security.Cryptography;
using SslAgent.Domain;

namespace SslAgent.Serving.Tests.Support;

/// <summary>
/// Vectors that are a function of version, space and content, so a test can tell who answered. Notes every batch; complains when two
/// threads
/// use it at once or anybody uses it after it was disposed. A gate can hold a batch.
/// </summary>
internal sealed class FakeEmbedder(int version, int? joint = FakeEmbedder.JointWidth) : IEmbedder
{
    public const int FramesWidth = 6, TextWidth = 4, JointWidth = 3;

    private readonly Lock _lock = new();
    private readonly List<IReadOnlyList<EmbeddingInput>> _batches = [];
    private int _users;
    private int _disposals;

    public ModelVersion Version { get; } = new(version);

    /// <summary>Holds every batch until it is opened; null lets all pass.</summary>
    public Gate? Gate { get; set; }

    /// <summary>Replaces the vectors of a batch, or throws.</summary>
    public Func<float[][], float[][]> Spoil { get; set; } = rows => rows;

    public int Disposals => Volatile.Read(ref _disposals);

    public IReadOnlyList<int> BatchSizes
    {
        get
        {
            lock (_lock) return [.. _batches.Select(batch => batch.Count)];
        }
    }

    public IReadOnlyList<IReadOnlyList<EmbeddingInput>> Batches
    {
        get
        {
            lock (_lock) return [.. _batches];
        }
    }

    public int? Width(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Frames => FramesWidth,
        EmbeddingSpace.Text => TextWidth,
        _ => joint,
    };

    public int CountTokens(Text text) => text.Utf8.Length + 2;

    public float[][] Embed(EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs)
    {
        Check.That(Disposals == 0, "nobody uses an embedder that is disposed");
        Check.That(Interlocked.Increment(ref _users) == 1, "one thread at a time");
        lock (_lock) _batches.Add(inputs);
        Gate?.Pass();
        Check.That(Disposals == 0, "nobody disposes an embedder that is used");
        Interlocked.Decrement(ref _users);
        return Spoil([.. inputs.Select(input => Vector(Version, space, input))]);
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    public static float[] Vector(ModelVersion version, EmbeddingSpace space, EmbeddingInput input)
    {
        int width = space switch { EmbeddingSpace.Frames => FramesWidth, EmbeddingSpace.Text => TextWidth, _ => JointWidth };
        byte[] hash = SHA256.HashData(input.Frame?.Rgb ?? input.Text?.Utf8 ?? []);
        return [version.Number, .. hash.Take(width - 1).Select(b => (b / 255f) - 0.5f)];
    }
}
