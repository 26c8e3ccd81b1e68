namespace SslAgent.Domain;

/// <summary>
/// Says where samples lie in the space of the weights that would be served, in few dimensions: what the replay buffer asks to know who is redundant. The same
/// weights and samples give the same numbers. The learner's thread; whoever asked for it disposes it.
/// </summary>
public interface ISampleEmbedder : IDisposable
{
    /// <summary>Row i belongs to sample i; its direction counts, not its length. Null where samples of this kind cannot be embedded yet.</summary>
    IReadOnlyList<float[]>? Embed(Batch batch);
}

/// <summary>What is remembered of where samples lay when they were embedded. Immutable: the same question has the same answer for ever. Safe from any thread.</summary>
public interface ISampleMemory
{
    /// <summary>The sample's direction, as long a row as <see cref="ISampleEmbedder.Embed"/> gives; null where it is not remembered.</summary>
    float[]? Find(Modality modality, SampleId id);
}
