using System.Text;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Texts;
using SslAgent.Learning;

namespace SslAgent.Commands.Embedding;

/// <summary>A version on disk makes the vectors in this process, on the CPU, in fp32: any version, with no daemon.</summary>
internal sealed class StoredEmbeddings : IEmbeddingRoute
{
    private readonly IEmbedder _embedder;
    private readonly EmbeddingSpace _space;
    private readonly VipsFrameCodec _frames;
    private readonly TextCodec _texts;

    public StoredEmbeddings(VersionStore store, ModelVersion version, EmbeddingSpace space, AgentSettings settings)
    {
        _space = space;
        _frames = new VipsFrameCodec(settings.Ingest.Frames);
        _texts = new TextCodec(settings.Ingest.Text);
        using IStoredModel stored = store.Open(version);
        _embedder = Learner.OpenEmbedder(stored, "cpu");
        if (_embedder.Width(space) is not null) return;
        _embedder.Dispose();
        throw new CommandException(ExitCode.Refused, $"{version} has no '{EmbeddingSpaces.Word(space)}' vectors: it was not trained on what they take");
    }

    public Task<EmbeddedBatch> EmbedAsync(IReadOnlyList<EmbedItem> items, CancellationToken cancellation)
    {
        EmbeddingInput[] inputs = [.. items.Select(InputOf)];
        float[][] vectors = new float[inputs.Length][];
        foreach (bool ofFrames in (bool[])[true, false])
        {
            int[] rows = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].Frame is not null == ofFrames)];
            if (rows.Length == 0) continue;
            cancellation.ThrowIfCancellationRequested();
            float[][] some = _embedder.Embed(_space, [.. rows.Select(row => inputs[row])]);
            for (int i = 0; i < rows.Length; i++) vectors[rows[i]] = some[i];
        }

        return Task.FromResult(new EmbeddedBatch(_embedder.Version, vectors));
    }

    public void Dispose() => _embedder.Dispose();

    private EmbeddingInput InputOf(EmbedItem item)
    {
        if (item.Picture is { } picture)
        {
            if (_space == EmbeddingSpace.Text) throw Refused(item, "it is a picture: use --model frames or joint");
            FrameDecoding frame = _frames.Decode(picture);
            return frame.Frame is not null ? new EmbeddingInput(frame.Frame, null) : throw Refused(item, frame.Rejection?.Reason);
        }

        if (_space == EmbeddingSpace.Frames) throw Refused(item, "it is a line of text: use --model text or joint");
        TextDecoding text = _texts.Decode(Encoding.UTF8.GetBytes(item.Text ?? ""));
        return text.Text is not null ? new EmbeddingInput(null, text.Text) : throw Refused(item, text.Rejection?.Reason);
    }

    private static CommandException Refused(EmbedItem item, string? why) => new(ExitCode.Failed, $"{item.Name}: {why}");
}
