using System.Text.Json.Serialization;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Commands.Journals;

/// <summary>How <c>replay … -o json</c> spells its answers.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(WordOf<SkipReason>)])]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(ReplayStats))]
[JsonSerializable(typeof(RejectedSummary))]
internal sealed partial class JournalsJson : JsonSerializerContext;
