using System.Reflection;
using System.Runtime.CompilerServices;

namespace TorchSharp.Compat.Tests.Support;

/// <summary>The public members of an assembly, one a line: names, types, parameter names, defaults, names of tuple elements.</summary>
internal static class Surface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Assembly assembly) =>
        assembly.GetExportedTypes().SelectMany(type => type.GetMembers(Declared).SelectMany(Describe).Select(line => $"{Name(type)} :: {line}"));

    private static IEnumerable<string> Describe(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: true, Name: var name } when !name.StartsWith("op_", StringComparison.Ordinal) => [],
        MethodInfo method => [$"{Static(method)}{Name(method.ReturnType)}{Elements(method.ReturnParameter)} {method.Name}{Generic(method)}({Parameters(method.GetParameters())})"],
        ConstructorInfo { IsStatic: false } constructor => [$"new({Parameters(constructor.GetParameters())})"],
        PropertyInfo property => Accessors(property),
        FieldInfo { IsSpecialName: false } field => [$"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}"],
        _ => [],
    };

    private static IEnumerable<string> Accessors(PropertyInfo property) =>
        from accessor in property.GetAccessors()
        let verb = accessor == property.GetMethod ? "get" : "set"
        select $"{Static(accessor)}{Name(property.PropertyType)} {property.Name}[{Parameters(property.GetIndexParameters())}] {verb}";

    private static string Parameters(ParameterInfo[] parameters) =>
        string.Join(", ", parameters.Select(p => $"{Params(p)}{Name(p.ParameterType)} {p.Name}{Default(p)}"));

    private static string Params(ParameterInfo parameter) => parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";

    private static string Default(ParameterInfo parameter) => parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "null"}" : "";

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Elements(ParameterInfo result) =>
        result.GetCustomAttribute<TupleElementNamesAttribute>() is { } names ? $"({string.Join(",", names.TransformNames)})" : "";

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }
        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : "&");
        }
        var plain = (type.FullName ?? $"{type.Namespace}.{type.Name}").Split('[')[0].Replace("TorchSharp.torch+",
            "torch.").Replace("System.", "");
        return type.IsGenericType ? $"{plain}<{string.Join(",", type.GetGenericArguments().Select(Name))}>" : plain;
    }
}
