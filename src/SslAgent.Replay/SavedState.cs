using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The state right after a decision.</summary>
/// <param name="Sequence">The decision's number.</param>
/// <param name="Bytes">The content of <c>replay.bin</c>.</param>
public sealed record SavedState(long Sequence, long Position, IReadOnlyList<PartitionPosition> Partitions, byte[] Bytes);
