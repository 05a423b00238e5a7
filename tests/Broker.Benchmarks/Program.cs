using BenchmarkDotNet.Running;
using Broker.Benchmarks.Replication;

// What a cluster does is measured over seconds, not by the benchmark runner.
if (args is ["replication", .. string[] load])
    return await ClusterLoad.RunAsync(load);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
