/*
 * published.c: the numbers that public copies of the course's programming exercises print, as text,
 * with the notebook and cell where each stands. Numbers are facts; the exercises themselves and
 * their data are not here.
 */
#include <string.h>

#include "course.h"

#define KULBEAR "Kulbear/deep-learning-coursera@997fdb2e2db6 "
#define SEANLIU "seanliu96/deeplearning.ai@cded63f36cc1 "
#define BAIDU "BaiduOSS/DeepLearningAndPaddleTutorial@d71136c105b7 "

static const published all[] = {
    {"basics", "sigmoid(3)", SEANLIU "Python_Basics_With_Numpy cell 8", "0.9525741268224334"},
    {"basics", "sigmoid([1,2,3])", SEANLIU "Python_Basics_With_Numpy cell 18",
     "0.73105858 0.88079708 0.95257413"},
    {"basics", "sigmoid_derivative([1,2,3])", SEANLIU "Python_Basics_With_Numpy cell 22",
     "0.19661193 0.10499359 0.04517666"},
    {"basics", "softmax", SEANLIU "Python_Basics_With_Numpy cell 36",
     "9.80897665e-01 8.94462891e-04 1.79657674e-02 1.21052389e-04 1.21052389e-04 "
     "8.78679856e-01 1.18916387e-01 8.01252314e-04 8.01252314e-04 8.01252314e-04"},
    {"basics", "l.L1", SEANLIU "Python_Basics_With_Numpy cell 47", "1.1"},
    {"basics", "l.L2", SEANLIU "Python_Basics_With_Numpy cell 51", "0.43"},
    {"logistic", "v1.sigmoid(9.2)",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 19", "0.999898970806"},
    {"logistic", "v1.propagate.dw",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 27", "0.99993216 1.99980262"},
    {"logistic", "v1.propagate.db",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 27", "0.499935230625"},
    {"logistic", "v1.propagate.cost",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 27", "6.00006477319"},
    {"logistic", "v1.optimize.w",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "0.1124579 0.23106775"},
    {"logistic", "v1.optimize.b",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "1.55930492484"},
    {"logistic", "v1.optimize.dw",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "0.90158428 1.76250842"},
    {"logistic", "v1.optimize.db",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "0.430462071679"},
    {"logistic", "v1.predict.predictions",
     KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 35", "1. 1."},
    {"logistic", "v2.sigmoid([0,2])",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 19", "0.5 0.88079708"},
    {"logistic", "v2.propagate.dw",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 27", "0.99845601 2.39507239"},
    {"logistic", "v2.propagate.db",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 27", "0.00145558"},
    {"logistic", "v2.propagate.cost",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 27", "5.80154531939"},
    {"logistic", "v2.optimize.w",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "0.19033591 0.12259159"},
    {"logistic", "v2.optimize.b",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "1.92535983"},
    {"logistic", "v2.optimize.dw",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "0.67752042 1.41625495"},
    {"logistic", "v2.optimize.db",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 31", "0.2191945"},
    {"logistic", "v2.predict.predictions",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 35", "1. 1. 0."},
    {"logistic", "train.costs", KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 41",
     "0.693147 0.584508 0.466949 0.376007 0.331463 0.303273 0.279880 0.260042 "
     "0.242941 0.228004 0.214820 0.203078 0.192544 0.183033 0.174399 0.166521 "
     "0.159305 0.152667 0.146542 0.140872"},
    {"logistic", "train.acc", KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 41",
     "99.04306220095694 70.0"},
    {"logistic", "lr.acc", KULBEAR "Logistic_Regression_with_a_Neural_Network_mindset cell 50",
     "99.52153110047847 68.0 88.99521531100478 64.0 68.42105263157895 36.0"},
    {"logistic", "scrambled.costs",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 41",
     "0.693147 0.709726 0.657712 0.614611 0.578001 0.546372 0.518331 0.492852 "
     "0.469259 0.447139 0.426262 0.406617 0.388723 0.374678 0.365826 0.358532 "
     "0.351612 0.345012 0.338704 0.332664"},
    {"logistic", "scrambled.acc",
     SEANLIU "Logistic_Regression_with_a_Neural_Network_mindset cell 41", "91.38755980861244 34.0"},
    {"steps", "v1.init2.W1", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0.01624345 -0.00611756 -0.00528172 -0.01072969"},
    {"steps", "v1.init2.b1", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0. 0."},
    {"steps", "v1.init2.W2", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0.00865408 -0.02301539"},
    {"steps", "v1.init2.b2", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0."},
    {"steps", "v1.init_deep.W1", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 11",
     "0.01788628 0.0043651 0.00096497 -0.01863493 -0.00277388 -0.00354759 "
     "-0.00082741 -0.00627001 -0.00043818 -0.00477218 -0.01313865 0.00884622 "
     "0.00881318 0.01709573 0.00050034 -0.00404677 -0.0054536 -0.01546477 0.00982367 "
     "-0.01101068"},
    {"steps", "v1.init_deep.b1", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 11",
     "0. 0. 0. 0."},
    {"steps", "v1.init_deep.W2", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 11",
     "-0.01185047 -0.0020565 0.01486148 0.00236716 -0.01023785 -0.00712993 "
     "0.00625245 -0.00160513 -0.00768836 -0.00230031 0.00745056 0.01976111"},
    {"steps", "v1.init_deep.b2", KULBEAR "Building_your_Deep_Neural_Network_-_Step_by_Step cell 11",
     "0. 0. 0."},
    {"steps", "v3.init2.W1", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0.01624345 -0.00611756 -0.00528172 -0.01072969 0.00865408 -0.02301539"},
    {"steps", "v3.init2.b1", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0. 0."},
    {"steps", "v3.init2.W2", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0.01744812 -0.00761207"},
    {"steps", "v3.init2.b2", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 6",
     "0."},
    {"steps", "v3.linear_forward.Z",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 15", "3.26295337 -1.23429987"},
    {"steps", "v3.act_forward.sigmoid",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 20", "0.96890023 0.11013289"},
    {"steps", "v3.act_forward.relu",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 20", "3.43896131 0."},
    {"steps", "v3.model_forward.AL",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 25",
     "0.03921668 0.70498921 0.19734387 0.04728177"},
    {"steps", "v3.model_forward.Length of caches list",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 25", "3"},
    {"steps", "v3.cost.cost", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 30",
     "0.414931599615"},
    {"steps", "v3.linear_backward.dA_prev",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 36",
     "0.51822968 -0.19517421 -0.40506361 0.15255393 2.37496825 -0.89445391"},
    {"steps", "v3.linear_backward.dW",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 36",
     "-0.10076895 1.40685096 1.64992505"},
    {"steps", "v3.linear_backward.db",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 36", "0.50629448"},
    {"steps", "v3.act_backward.sigmoid.dA_prev",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 40",
     "0.11017994 0.01105339 0.09466817 0.00949723 -0.05743092 -0.00576154"},
    {"steps", "v3.act_backward.sigmoid.dW",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 40",
     "0.10266786 0.09778551 -0.01968084"},
    {"steps", "v3.act_backward.sigmoid.db",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 40", "-0.05729622"},
    {"steps", "v3.act_backward.relu.dA_prev",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 40",
     "0.44090989 0. 0.37883606 0. -0.2298228 0."},
    {"steps", "v3.act_backward.relu.dW",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 40",
     "0.44513824 0.37371418 -0.10478989"},
    {"steps", "v3.act_backward.relu.db",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 40", "-0.20837892"},
    {"steps", "v3.model_backward.dW1",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 45",
     "0.41010002 0.07807203 0.13798444 0.10502167 0. 0. 0. 0. 0.05283652 0.01005865 "
     "0.01777766 0.0135308"},
    {"steps", "v3.model_backward.db1",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 45",
     "-0.22007063 0. -0.02835349"},
    {"steps", "v3.model_backward.dA1",
     SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 45",
     "0.12913162 -0.44014127 -0.14175655 0.48317296 0.01663708 -0.05670698"},
    {"steps", "v3.update.W1", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 51",
     "-0.59562069 -0.09991781 -2.14584584 1.82662008 -1.76569676 -0.80627147 "
     "0.51115557 -1.18258802 -1.0535704 -0.86128581 0.68284052 2.20374577"},
    {"steps", "v3.update.b1", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 51",
     "-0.04659241 -1.28888275 0.53405496"},
    {"steps", "v3.update.W2", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 51",
     "-0.55569196 0.0354055 1.32964895"},
    {"steps", "v3.update.b2", SEANLIU "Building_your_Deep_Neural_Network_-_Step_by_Step cell 51",
     "-0.84610769"},
    {"planar", "init.W1", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 23",
     "-0.00416758 -0.00056267 -0.02136196 0.01640271 -0.01793436 -0.00841747 "
     "0.00502881 -0.01245288"},
    {"planar", "init.b1", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 23",
     "0. 0. 0. 0."},
    {"planar", "init.W2", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 23",
     "-0.01057952 -0.00909008 0.00551454 0.02292208"},
    {"planar", "init.b2", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 23", "0."},
    {"planar", "v2.forward.means",
     SEANLIU "Planar_data_classification_with_one_hidden_layer cell 27",
     "0.262818640198 0.091999045227 -1.30766601287 0.212877681719"},
    {"planar", "v2.cost.cost", SEANLIU "Planar_data_classification_with_one_hidden_layer cell 31",
     "0.693058761039"},
    {"planar", "v2.backward.dW1",
     SEANLIU "Planar_data_classification_with_one_hidden_layer cell 35",
     "0.00301023 -0.00747267 0.00257968 -0.00641288 -0.00156892 0.003893 -0.00652037 "
     "0.01618243"},
    {"planar", "v2.backward.db1",
     SEANLIU "Planar_data_classification_with_one_hidden_layer cell 35",
     "0.00176201 0.00150995 -0.00091736 -0.00381422"},
    {"planar", "v2.backward.dW2",
     SEANLIU "Planar_data_classification_with_one_hidden_layer cell 35",
     "0.00078841 0.01765429 -0.00084166 -0.01022527"},
    {"planar", "v2.backward.db2",
     SEANLIU "Planar_data_classification_with_one_hidden_layer cell 35", "-0.16655712"},
    {"planar", "v2.nn_model.W1", SEANLIU "Planar_data_classification_with_one_hidden_layer cell 43",
     "-0.65848169 1.21866811 -0.76204273 1.39377573 0.5792005 -1.10397703 0.76773391 "
     "-1.41477129"},
    {"planar", "v2.nn_model.b1", SEANLIU "Planar_data_classification_with_one_hidden_layer cell 43",
     "0.287592 0.3511264 -0.2431246 -0.35772805"},
    {"planar", "v2.nn_model.W2", SEANLIU "Planar_data_classification_with_one_hidden_layer cell 43",
     "-2.45566237 -3.27042274 2.00784958 3.36773273"},
    {"planar", "v2.nn_model.b2", SEANLIU "Planar_data_classification_with_one_hidden_layer cell 43",
     "0.20459656"},
    {"planar", "update.W1", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 39",
     "-0.00643025 0.01936718 -0.02410458 0.03978052 -0.01653973 -0.02096177 "
     "0.01046864 -0.05990141"},
    {"planar", "update.b1", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 39",
     "-1.02420756e-06 1.27373948e-05 8.32996807e-07 -3.20136836e-06"},
    {"planar", "update.W2", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 39",
     "-0.01041081 -0.04463285 0.01758031 0.04747113"},
    {"planar", "update.b2", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 39",
     "0.00010457"},
    {"planar", "predict.predictions mean",
     KULBEAR "Planar_data_classification_with_one_hidden_layer cell 47", "0.666666666667"},
    {"planar", "train.costs", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 50",
     "0.693048 0.288083 0.254385 0.233864 0.226792 0.222644 0.219731 0.217504 "
     "0.219454 0.218607",
     .from = 8, .relative = 1e-3,
     .why = "from iteration 8000 on rounding grows, and published copies differ from each "
            "other"},
    {"planar", "train.acc", KULBEAR "Planar_data_classification_with_one_hidden_layer cell 52",
     "90"},
    {"init", "random.W1", KULBEAR "Initialization cell 19",
     "17.88628473 4.36509851 0.96497468 -18.63492703 -2.77388203 -3.54758979"},
    {"init", "random.b1", KULBEAR "Initialization cell 19", "0. 0."},
    {"init", "random.W2", KULBEAR "Initialization cell 19", "-0.82741481 -6.27000677"},
    {"init", "random.b2", KULBEAR "Initialization cell 19", "0."},
    {"init", "he.W1", KULBEAR "Initialization cell 29",
     "1.78862847 0.43650985 0.09649747 -1.8634927 -0.2773882 -0.35475898 -0.08274148 "
     "-0.62700068"},
    {"init", "he.b1", KULBEAR "Initialization cell 29", "0. 0. 0. 0."},
    {"init", "he.W2", KULBEAR "Initialization cell 29",
     "-0.03098412 -0.33744411 -0.92904268 0.62552248"},
    {"init", "he.b2", KULBEAR "Initialization cell 29", "0."},
    {"init", "zeros.costs", KULBEAR "Initialization cell 11",
     "0.6931471805599453 0.6931471805599453 0.6931471805599453 0.6931471805599453 "
     "0.6931471805599453 0.6931471805599453 0.6931471805599453 0.6931471805599453 "
     "0.6931471805599453 0.6931471805599453 0.6931471805599455 0.6931471805599453 "
     "0.6931471805599453 0.6931471805599453 0.6931471805599453",
     .from = 0, .relative = 3.3e-16, .why = "ln 2 to one unit in the last place"},
    {"init", "zeros.acc", KULBEAR "Initialization cell 11", "0.5 0.5"},
    {"init", "random.costs", KULBEAR "Initialization cell 22",
     "inf 0.6237287551108738 0.5981106708339466 0.5638353726276827 0.550152614449184 "
     "0.5444235275228304 0.5374184054630083 0.47357131493578297 0.39775634899580387 "
     "0.3934632865981078 0.39202525076484457 0.38921493051297673 0.38614221789840486 "
     "0.38497849983013926 0.38278397192120406",
     .from = 0, .relative = 3e-2,
     .why = "a saturated sigmoid: rounding decides, and published copies differ in the "
            "fourth digit. The first is infinite there; glia works on z and stays finite"},
    {"init", "random.acc", KULBEAR "Initialization cell 22", "0.83 0.86"},
    {"init", "he.costs", KULBEAR "Initialization cell 32",
     "0.8830537463419761 0.6879825919728063 0.6751286264523371 0.6526117768893807 "
     "0.6082958970572938 0.5304944491717495 0.4138645817071794 0.3117803464844441 "
     "0.23696215330322562 0.18597287209206836 0.1501555628037182 0.12325079292273548 "
     "0.09917746546525937 0.0845705595402428 0.07357895962677366",
     .from = 0, .relative = 1e-13, .why = "14 digits; the rest is the order of sums"},
    {"init", "he.acc", KULBEAR "Initialization cell 32", "0.993333333333 0.96"},
    {"init", "random.predictions_train", KULBEAR "Initialization cell 24",
     "1 0 1 1 0 0 1 1 1 1 1 0 1 0 0 1 0 1 1 0 0 0 1 0 1 1 1 1 1 1 0 1 1 0 0 1 1 1 1 "
     "1 1 1 1 0 1 1 1 1 0 1 0 1 1 1 1 0 0 1 1 1 1 0 1 1 0 1 0 1 1 1 1 0 0 0 0 0 1 0 "
     "1 0 1 1 1 0 0 1 1 1 1 1 1 0 0 1 1 1 0 1 1 0 1 0 1 1 0 1 1 0 1 0 1 1 0 0 1 0 0 "
     "1 1 0 1 1 1 0 1 0 0 1 0 1 1 1 1 1 1 1 0 1 1 0 0 1 1 0 0 0 1 0 1 0 1 0 1 1 1 0 "
     "0 1 1 1 1 0 1 1 0 1 0 1 1 0 1 0 1 1 1 1 0 1 1 1 1 0 1 0 1 0 1 1 1 1 0 1 1 0 1 "
     "1 0 1 1 0 1 0 1 1 1 0 1 1 1 0 1 0 1 0 0 1 0 1 1 0 1 1 0 1 1 0 1 1 1 0 1 1 1 1 "
     "0 1 0 0 1 1 0 1 1 1 0 0 0 1 1 0 1 1 1 1 0 1 1 0 1 1 1 0 0 1 0 0 0 1 0 0 0 1 1 "
     "1 1 0 0 0 0 1 1 1 1 0 0 1 1 1 1 1 1 1 0 0 0 1 1 1 1 0"},
    {"init", "random.predictions_test", KULBEAR "Initialization cell 24",
     "1 1 1 1 0 1 0 1 1 0 1 1 1 0 0 0 0 1 0 1 0 0 1 0 1 0 1 1 1 1 1 0 0 0 0 1 0 1 1 "
     "0 0 1 1 1 1 1 0 1 1 1 0 1 0 1 1 0 1 0 1 0 1 1 1 1 1 1 1 1 1 0 1 0 1 1 1 1 1 0 "
     "1 0 0 1 0 0 0 1 1 0 1 1 0 0 0 1 1 0 1 1 0 0"},
    {"opt", "gd.W1", KULBEAR "Optimization_methods cell 4",
     "1.63535156 -0.62320365 -0.53718766 -1.07799357 0.85639907 -2.29470142"},
    {"opt", "gd.b1", KULBEAR "Optimization_methods cell 4", "1.74604067 -0.75184921"},
    {"opt", "gd.W2", KULBEAR "Optimization_methods cell 4",
     "0.32171798 -0.25467393 1.46902454 -2.05617317 -0.31554548 -0.3756023 1.1404819 "
     "-1.09976462 -0.1612551"},
    {"opt", "gd.b2", KULBEAR "Optimization_methods cell 4", "-0.88020257 0.02561572 0.57539477"},
    {"opt", "momentum.W1", KULBEAR "Optimization_methods cell 19",
     "1.62544598 -0.61290114 -0.52907334 -1.07347112 0.86450677 -2.30085497"},
    {"opt", "momentum.b1", KULBEAR "Optimization_methods cell 19", "1.74493465 -0.76027113"},
    {"opt", "momentum.W2", KULBEAR "Optimization_methods cell 19",
     "0.31930698 -0.24990073 1.4627996 -2.05974396 -0.32173003 -0.38320915 "
     "1.13444069 -1.0998786 -0.1713109"},
    {"opt", "momentum.b2", KULBEAR "Optimization_methods cell 19",
     "-0.87809283 0.04055394 0.58207317"},
    {"opt", "adam.eps_inside.W1", BAIDU "Optimization+methods cell 30",
     "1.63178673 -0.61919778 -0.53561312 -1.08040999 0.85796626 -2.29409733"},
    {"opt", "adam.eps_inside.b1", BAIDU "Optimization+methods cell 30", "1.75225313 -0.75376553"},
    {"opt", "adam.eps_inside.W2", BAIDU "Optimization+methods cell 30",
     "0.32648046 -0.25681174 1.46954931 -2.05269934 -0.31497584 -0.37661299 "
     "1.14121081 -1.09245036 -0.16498684"},
    {"opt", "adam.eps_inside.b2", BAIDU "Optimization+methods cell 30",
     "-0.88529978 0.03477238 0.57537385"},
    {"opt", "adam.eps_outside.W1", SEANLIU "Optimization_methods cell 30",
     "1.63178673 -0.61919778 -0.53561312 -1.08040999 0.85796626 -2.29409733"},
    {"opt", "adam.eps_outside.b1", SEANLIU "Optimization_methods cell 30",
     "1.75225313 -0.75376553"},
    {"opt", "adam.eps_outside.W2", SEANLIU "Optimization_methods cell 30",
     "0.32648046 -0.25681174 1.46954931 -2.05269934 -0.31497584 -0.37661299 "
     "1.14121081 -1.09244991 -0.16498684"},
    {"opt", "adam.eps_outside.b2", SEANLIU "Optimization_methods cell 30",
     "-0.88529979 0.03477238 0.57537385"},
    {"opt", "gd.costs", KULBEAR "Optimization_methods cell 38",
     "0.690736 0.685273 0.647072 0.619525 0.576584 0.607243 0.529403 0.460768 "
     "0.465586 0.464518"},
    {"opt", "gd.acc", KULBEAR "Optimization_methods cell 38", "0.796666666667"},
    {"opt", "momentum.costs", KULBEAR "Optimization_methods cell 40",
     "0.690741 0.685341 0.647145 0.619594 0.576665 0.607324 0.529476 0.460936 "
     "0.465780 0.464740"},
    {"opt", "momentum.acc", KULBEAR "Optimization_methods cell 40", "0.796666666667"},
    {"l_layer", "later edition.costs", SEANLIU "Deep_Neural_Network_-_Application cell 30",
     "0.771749 0.672053 0.648263 0.611507 0.567047 0.540138 0.527930 0.465477 "
     "0.369126 0.391747 0.315187 0.272700 0.237419 0.199601 0.189263 0.161189 "
     "0.148214 0.137775 0.129740 0.121225 0.113821 0.107839 0.102855 0.100897 "
     "0.092878"},
    {"l_layer", "later edition.acc", SEANLIU "Deep_Neural_Network_-_Application cell 32,34",
     "0.985645933014 0.8"},
    {"conv", "pad.x[1,1]", KULBEAR "Convolution_model_-_Step_by_Step_-_v1 cell 7",
     "0.90085595 -0.68372786 -0.12289023 -0.93576943 -0.26788808 0.53035547"},
    {"conv", "single_step.Z", KULBEAR "Convolution_model_-_Step_by_Step_-_v1 cell 11",
     "-23.1602122025"},
    {"conv", "forward.Z_mean", KULBEAR "Convolution_model_-_Step_by_Step_-_v1 cell 15",
     "0.155859324889"},
    {"conv", "pool.max", KULBEAR "Convolution_model_-_Step_by_Step_-_v1 cell 20",
     "1.74481176 1.6924546 2.10025514 1.19891788 1.51981682 2.18557541"},
    {"conv", "pool.average", KULBEAR "Convolution_model_-_Step_by_Step_-_v1 cell 20",
     "-0.09498456 0.11180064 -0.14263511 -0.09525108 0.28325018 0.33035185"},
};

const published *find_published(const char *of, const char *item) {
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(all[i].of, of) && !strcmp(all[i].item, item)) return &all[i];
    return NULL;
}
