using System.Text.Json.Serialization;

namespace SslAgent.Learning.Planning;

/// <summary>Source-generated JSON of plans: camel case, every value written, unknown members refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LearnerPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
