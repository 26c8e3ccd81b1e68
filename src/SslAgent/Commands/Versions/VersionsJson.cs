using System.Text.Json.Serialization;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;

namespace SslAgent.Commands.Versions;

/// <summary>How <c>checkpoints … -o json</c> spells its answers: as manifests do.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters =
    [
        typeof(ModelVersionJson), typeof(CycleNumberJson), typeof(StepNumberJson), typeof(SampleIdJson), typeof(WordOf<VerdictKind>),
        typeof(WordOf<VersionKind>), typeof(WordOf<ReplayRollback>),
    ])]
[JsonSerializable(typeof(VersionSummary[]))]
[JsonSerializable(typeof(ShownVersion))]
[JsonSerializable(typeof(ComparedVersions))]
[JsonSerializable(typeof(VerifiedVersion[]))]
[JsonSerializable(typeof(PinAnswer))]
[JsonSerializable(typeof(PruneAnswer))]
[JsonSerializable(typeof(ExportAnswer))]
[JsonSerializable(typeof(RollbackEffect))]
[JsonSerializable(typeof(MatrixAnswer))]
internal sealed partial class VersionsJson : JsonSerializerContext;

/// <summary>A version with what stands beside its manifest.</summary>
internal sealed record ShownVersion(bool Head, bool Serving, string? Pinned, VersionManifest Manifest);

/// <param name="Tensors">How far each served tensor moved; null unless asked for.</param>
internal sealed record ComparedVersions(
    ModelVersion From, ModelVersion To, bool SameWeights, long RecordsBetween, IReadOnlyList<MeasureChange> Measures, IReadOnlyList<PlanChange> Plan,
    IReadOnlyList<TensorChange>? Tensors);

internal sealed record VerifiedVersion(ModelVersion Version, bool Sound, long Bytes, IReadOnlyList<FileDamage> Damages);

internal sealed record PinAnswer(ModelVersion Version, bool Pinned, bool Changed);

internal sealed record PruneAnswer(bool DryRun, IReadOnlyList<ModelVersion> Deleted, IReadOnlyList<ModelVersion> TrainingDropped, long BytesFreed);

/// <param name="Versions">The line, oldest first.</param>
internal sealed record MatrixAnswer(IReadOnlyList<ModelVersion> Versions, IReadOnlyList<MatrixCell> Cells, IReadOnlyList<MatrixSummary> Summary);

internal sealed record ExportAnswer(ModelVersion Version, string Directory, IReadOnlyList<string> Files);
