using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Domain;

/// <summary>
/// The domain's nouns as JSON, one spelling for manifests, the control socket and <c>-o json</c>: camelCase names, versions as "v41", samples as "#4711",
/// enumerations as camelCase words, and "NaN", "Infinity", "-Infinity" for what is not finite. Source-generated; unknown keys are ignored,
/// missing ones are an error.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(ModelVersionJson), typeof(CycleNumberJson), typeof(StepNumberJson), typeof(SampleIdJson), typeof(WordOf<AgentHealth>),
        typeof(WordOf<ReplayRollback>), typeof(WordOf<VerdictKind>), typeof(WordOf<VersionKind>), typeof(WordOf<Modality>),
    ])]
[JsonSerializable(typeof(VersionManifest))]
[JsonSerializable(typeof(IReadOnlyList<VersionManifest>))]
[JsonSerializable(typeof(Verdict))]
[JsonSerializable(typeof(ProbeReport))]
[JsonSerializable(typeof(CycleReport))]
[JsonSerializable(typeof(AgentStatus))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(RollbackEffect))]
[JsonSerializable(typeof(ForgetRequest))]
[JsonSerializable(typeof(ForgetEffect))]
[JsonSerializable(typeof(ResumeRequest))]
[JsonSerializable(typeof(ResumeEffect))]
public sealed partial class DomainJson : JsonSerializerContext
{
    private static DomainJson? _indented;

    /// <summary>The same, for people to read.</summary>
    public static DomainJson Indented => _indented ??= new DomainJson(new JsonSerializerOptions(Default.Options) { WriteIndented = true });
}

/// <summary>An enumeration's value as a camelCase word; numbers are refused.</summary>
public sealed class WordOf<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
