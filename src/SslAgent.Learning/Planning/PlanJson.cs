using System.Text.Json.Serialization;
using SslAgent.Learning.State;

namespace SslAgent.Learning.Planning;

/// <summary>Source-generated JSON of plans and of the learner's small files: camel case, every value written; unknown and missing members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LearnerPlan))]
[JsonSerializable(typeof(LearnerCounters))]
[JsonSerializable(typeof(ModelDescription))]
internal sealed partial class PlanJson : JsonSerializerContext;
