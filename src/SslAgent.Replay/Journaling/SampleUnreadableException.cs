using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>A sample that the buffer holds and the medium lost.</summary>
public sealed class SampleUnreadableException(SampleId id, string why, Exception? inner)
    : IOException($"sample {id} cannot be read: {why}", inner)
{
    public SampleId Id { get; } = id;
}
