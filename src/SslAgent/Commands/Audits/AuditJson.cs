using System.Text.Json.Serialization;
using SslAgent.Auditing;
using SslAgent.Domain;

namespace SslAgent.Commands.Audits;

/// <summary>How <c>audit -o json</c> spells its answer.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(ModelVersionJson), typeof(CycleNumberJson), typeof(WordOf<VersionKind>), typeof(WordOf<AuditOutcome>)])]
[JsonSerializable(typeof(AuditReport))]
internal sealed partial class AuditJson : JsonSerializerContext;
