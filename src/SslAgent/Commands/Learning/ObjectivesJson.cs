using System.Text.Json.Serialization;
using SslAgent.Domain;
using SslAgent.Learning;

namespace SslAgent.Commands.Learning;

/// <summary>How <c>objectives … -o json</c> spells its answers.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(WordOf<Modality>)])]
[JsonSerializable(typeof(ObjectiveFacts[]))]
[JsonSerializable(typeof(ObjectiveFacts))]
internal sealed partial class ObjectivesJson : JsonSerializerContext;
